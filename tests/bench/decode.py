"""What decoding a delta costs above `json.loads`: `python -m tests.bench.decode`."""

import json
import time

from chat.providers.answer import AnswerReader

DELTAS = 20_000
ROUNDS = 7
MOST_MICROSECONDS = 5.0
MAX_REPLY_BYTES = 64 * 1024 * 1024
# As one read brings them: a delta at a time, or what gathered in the kernel meanwhile.
BATCHES = {"one delta a read": 1, "50 deltas a read": 50}


def payload(number: int) -> str:
    """As long and as deep as the chunks that the well-known services send."""
    return json.dumps(
        {
            "id": "chatcmpl-0123456789abcdef",
            "object": "chat.completion.chunk",
            "created": 1760000000,
            "model": "house-1",
            "system_fingerprint": "fp_0123456789",
            "choices": [
                {"index": 0, "delta": {"content": f" word{number}"}, "finish_reason": None}
            ],
        }
    )


def parse(payloads: list[str]) -> float:
    """Seconds of CPU: what else runs on the machine does not count."""
    started = time.process_time()
    for text in payloads:
        json.loads(text)
    return time.process_time() - started


def decode(reads: list[bytes]) -> float:
    """Seconds of CPU: what else runs on the machine does not count."""
    started = time.process_time()
    reader = AnswerReader(max_reply_bytes=MAX_REPLY_BYTES)
    events = 0
    for data in reads:
        reader.feed(data)
        events += len(reader.take())
    spent = time.process_time() - started
    assert events == DELTAS + 1
    return spent


def lines() -> list[str]:
    """The rows of the table; both sides of each are measured in turns, the best round counts."""
    payloads = [payload(number) for number in range(DELTAS)]
    frames = [f"data: {text}\n\n".encode() for text in payloads]
    rows = []
    for name, size in BATCHES.items():
        reads = [b"".join(frames[at : at + size]) for at in range(0, DELTAS, size)]
        rounds = [(parse(payloads), decode(reads)) for _ in range(ROUNDS)]
        base, ours = (min(column) / DELTAS * 1e6 for column in zip(*rounds, strict=True))
        rows.append(row(name, base, ours))
    return rows


def row(name: str, base: float, ours: float) -> str:
    verdict = "ok" if ours - base <= MOST_MICROSECONDS else f"over {MOST_MICROSECONDS:.0f}"
    return (
        f"| {name:<16} | {base:>10.2f} | {ours:>6.2f} | {ours - base:>7.2f} |"
        f" {ours / base:>5.2f} | {verdict:<6} |"
    )


def main() -> None:
    print("decoding, in µs per delta\n")
    print("| how they come    | json.loads | all of | more by | ratio |        |")
    for line in lines():
        print(line, flush=True)


if __name__ == "__main__":
    main()
