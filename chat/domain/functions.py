"""The built-in functions that a tool can be: each takes the arguments and gives text."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from chat.models.tool import Function

from .calculator import CannotCalculate, calculate


class FunctionFailed(Exception):
    """The English sentence is for the model."""


def run(function: Function, arguments: Mapping[str, Any]) -> str:
    """Raises FunctionFailed."""
    return _FUNCTIONS[function](arguments)


def _current_datetime(arguments: Mapping[str, Any]) -> str:
    name = arguments.get("time_zone") or settings.TIME_ZONE
    try:
        now = datetime.now(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise FunctionFailed("There is no such time zone. Use a name like Europe/Zurich.") from None
    return f"{now:%A}, {now.isoformat(timespec='seconds')} ({name})"


def _calculator(arguments: Mapping[str, Any]) -> str:
    try:
        return calculate(arguments["expression"])
    except CannotCalculate as problem:
        raise FunctionFailed(str(problem)) from None


_FUNCTIONS: dict[Function, Callable[[Mapping[str, Any]], str]] = {
    Function.CURRENT_DATETIME: _current_datetime,
    Function.CALCULATOR: _calculator,
}
