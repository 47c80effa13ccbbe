"""Decides what to answer: a title, a special prompt, a tool call, or words about Chatsite."""

from dataclasses import replace

from chat.demo import anonymizing, pieces, special, tools
from chat.demo.answers import about
from chat.demo.moderation import asks_for_harm
from chat.demo.plan import Plan
from chat.demo.prompt import Message, Prompt

TITLE_REQUEST = "write a short title"
TITLE_WORDS = 6
OTHER_WORDING = "*Another wording of the same answer ({number}).*\n\n"


def make_plans(prompt: Prompt) -> list[Plan]:
    """One plan for each choice that was asked for."""
    first = _cut(_first_plan(prompt), prompt)
    others = [_cut(_variant(first, number), prompt) for number in range(2, prompt.choices + 1)]
    return [first, *others]


def _first_plan(prompt: Prompt) -> Plan:
    if prompt.system.strip().lower().startswith(TITLE_REQUEST):
        return Plan(text=_title(_seen(_first_text(prompt), prompt)))
    if plan := special.plan_for(prompt.question):
        return plan
    if prompt.moderated and asks_for_harm(prompt.question):
        return Plan(finish="content_filter")
    if plan := tools.plan_for(prompt):
        return plan
    return _words_about_chatsite(prompt)


def _words_about_chatsite(prompt: Prompt) -> Plan:
    report = anonymizing.anonymize(prompt.question) if prompt.anonymized else None
    answer = about(report.text if report else prompt.question)
    text = answer.text.replace("{specials}", special.table())
    if report:
        text += anonymizing.describe(report, answer.language)
    reasoning = answer.reasoning if prompt.reasoning else ""
    return Plan(text=_unsaid(text, prompt.messages[-1]), reasoning=reasoning)


def _unsaid(text: str, last: Message) -> str:
    """Go on behind a beginning that the application sent back, as after an interruption."""
    begun = last.text if last.role == "assistant" else ""
    return text[len(begun) :] if begun and text.startswith(begun) else text


def _variant(plan: Plan, number: int) -> Plan:
    if plan.trouble or plan.tool_call or not plan.text:
        return plan
    return replace(plan, text=OTHER_WORDING.format(number=number) + plan.text)


def _cut(plan: Plan, prompt: Prompt) -> Plan:
    text, was_cut = pieces.cut_to_tokens(plan.text, prompt.max_tokens)
    return replace(plan, text=text, finish="length") if was_cut else plan


def _seen(text: str, prompt: Prompt) -> str:
    return anonymizing.anonymize(text).text if prompt.anonymized else text


def _first_text(prompt: Prompt) -> str:
    return next((m.text for m in prompt.messages if m.role == "user"), "")


def _title(text: str) -> str:
    words = text.split()[:TITLE_WORDS]
    title = " ".join(words)[:80].strip(" .,;:!?\"'`*#")
    return title[:1].upper() + title[1:] or "New conversation"
