"""Writes each log event on one line, so that no user's text can forge a second one."""

import logging


class LineFormatter(logging.Formatter):
    """`time level logger: message`, with control characters escaped and tracebacks folded."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
