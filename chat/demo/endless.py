"""Long texts that are made, not written: for patience, measuring and back-pressure."""

from itertools import islice

from chat.demo.plan import Plan

MAX_PARAGRAPHS = 20_000
MAX_MEGABYTES = 64
MAX_PIECES = 200_000
FLOOD_BLOCK = 4096

SENTENCES = (
    "A long answer is written while you read it, so there is no need to wait for its end.",
    "You may scroll up at any time; the page then stays where you are.",
    "The button at the bottom brings you back to the newest words.",
    "Close this tab and open it again: the text went on without you.",
    "Press *Stop* and what was written so far stays in the conversation.",
    "Everything that you have seen is stored before you see it.",
    "A colleague who looks at the same conversation sees the same words at the same moment.",
)


def paragraphs(count: int) -> str:
    total = max(1, min(count, MAX_PARAGRAPHS))
    return "\n\n".join(_paragraph(number, total) for number in range(1, total + 1))


def _paragraph(number: int, total: int) -> str:
    heading = f"## Part {number // 10 + 1}\n\n" if number % 10 == 1 and total > 10 else ""
    start = number % len(SENTENCES)
    sentences = islice(SENTENCES + SENTENCES, start, start + 5)
    return f"{heading}**Paragraph {number} of {total}.** " + " ".join(sentences)


def steady(numbers: list[int]) -> Plan:
    """Numbered words at an exact rate, to measure what lies between provider and browser."""
    rate, seconds = (*numbers, *(50, 20)[len(numbers) :])[:2]
    rate = max(1, min(rate, 1000))
    count = max(1, min(rate * seconds, MAX_PIECES))
    text = "".join(f"w{number:06} " for number in range(count))
    return Plan(text=text, wait=0.0, rate=rate, exact=True, block=len("w000000 "))


def flood(numbers: list[int]) -> Plan:
    """Many megabytes without any wait, for readers that are slower than writers."""
    megabytes = max(1, min(numbers[0] if numbers else 5, MAX_MEGABYTES))
    line = "A line that is as long as a line in a paragraph, over and over again, until the end. "
    paragraph = line * 11 + "\n\n"
    text = paragraph * (megabytes * 1024 * 1024 // len(paragraph))
    return Plan(text=text, wait=0.0, rate=1e9, exact=True, block=FLOOD_BLOCK)
