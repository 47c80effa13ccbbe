"""Starts the child process that reads a file, and ends it whatever it does."""

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from .limits import Limits
from .results import Extracted, Problem, Unreadable

ROOT = Path(__file__).resolve().parent.parent.parent
AT_ONCE = 2
PATIENCE = 60.0


class Extractor:
    """At most `at_once` files are read at one time; others wait for up to `patience` seconds."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._patience = patience

    def extract(self, kind: str, data: bytes, limits: Limits) -> Extracted:
        """Blocks; call it from a thread. Raises Unreadable, and nothing else for any file."""
        if not self._free.acquire(timeout=self._patience):
            raise Unreadable(Problem.BUSY)
        try:
            return _answer(_run(kind, data, limits))
        finally:
            self._free.release()


def _run(kind: str, data: bytes, limits: Limits) -> bytes:
    """What the child printed; nothing if it was ended."""
    command = [sys.executable, "-s", "-m", "chat.extraction", kind, json.dumps(asdict(limits))]
    # Of our environment, with its secrets, the child gets nothing.
    with subprocess.Popen(  # noqa: S603 - the program and its words are ours
        command,
        cwd=ROOT,
        env={"LANG": "C.UTF-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as child:
        try:
            printed, _none = child.communicate(data, timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            printed = b""
        finally:
            _end(child)
    return printed if child.returncode == 0 else b""


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _answer(printed: bytes) -> Extracted:
    try:
        answer = json.loads(printed)
    except ValueError:
        # Ended by its limits, or by a signal.
        raise Unreadable(Problem.TOO_COMPLEX) from None
    if "problem" in answer:
        raise Unreadable(Problem(answer["problem"]), answer.get("pages"))
    return Extracted(answer["text"], answer["cut"], answer["pages"])
