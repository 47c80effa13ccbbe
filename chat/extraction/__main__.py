"""`python -m chat.extraction KIND LIMITS`: a file on standard input, JSON on standard output.

What is imported is ours; the limits are in force before the first byte of the file is read.
"""

import json
import sys
from dataclasses import asdict

from .limits import Limits, bind
from .reading import read
from .results import Problem, Unreadable


def main(kind: str, limits: Limits) -> dict[str, object]:
    if kind == "pdf":
        # Before the limits: what Python compiles on a first start is written to its cache.
        from . import pdf  # noqa: F401, PLC0415
    bind(limits)
    try:
        return asdict(read(kind, sys.stdin.buffer.read(), limits))
    except Unreadable as unreadable:
        return {"problem": unreadable.problem, "pages": unreadable.pages}
    except (MemoryError, RecursionError):
        return {"problem": Problem.TOO_COMPLEX}
    except Exception:  # noqa: BLE001 - parsers of foreign files raise anything
        return {"problem": Problem.BROKEN}


if __name__ == "__main__":
    answer = main(sys.argv[1], Limits(**json.loads(sys.argv[2])))
    sys.stdout.buffer.write(json.dumps(answer).encode())
