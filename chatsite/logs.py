"""Writes log events so that nobody's text can forge one: an event is one line."""

import logging
import re

# Django's, which names a setting of its own.
ADVICE = re.compile(r"You may need to add .* to ALLOWED_HOSTS\.")


class LineFormatter(logging.Formatter):
    """`time level logger: message` with control characters escaped; tracebacks are indented."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return _printable(super().formatMessage(record))

    def formatException(self, ei: "logging._SysExcInfoType") -> str:  # noqa: N802
        lines = super().formatException(ei).splitlines()
        return "\n".join(f"    {_printable(line)}" for line in lines)


class UnknownHost(logging.Filter):
    """Anybody on the network can provoke it: a warning without a traceback, and our setting."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.msg = ADVICE.sub("If people reach Chatsite so, set PUBLIC_URL.", str(record.msg))
        return True


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
