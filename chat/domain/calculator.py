"""A calculator for language models: arithmetic with bounds, and nothing that could run code."""

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

MOST_CHARACTERS = 500
MOST_DEPTH = 40
# 10 ** 1000 has about so many bits.
MOST_BITS = 3330

Number = int | float

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
_NAMES = {"pi": math.pi, "e": math.e}
_FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    # With how many arguments at most.
    "sqrt": (math.sqrt, 1),
    "abs": (abs, 1),
    "round": (round, 2),
    "min": (min, 20),
    "max": (max, 20),
    "log": (math.log, 2),
    "exp": (math.exp, 1),
    "sin": (math.sin, 1),
    "cos": (math.cos, 1),
    "tan": (math.tan, 1),
}


class CannotCalculate(ValueError):
    """The English sentence is for the model."""


def calculate(expression: str) -> str:
    """Raises CannotCalculate."""
    if len(expression) > MOST_CHARACTERS:
        raise CannotCalculate(f"The expression is longer than {MOST_CHARACTERS} characters.")
    try:
        tree = ast.parse(expression.strip().replace("^", "**"), mode="eval")
        return _written(_value(tree.body, 0))
    except ZeroDivisionError:
        raise CannotCalculate("Division by zero.") from None
    except (SyntaxError, RecursionError, MemoryError):
        raise CannotCalculate("This is not an expression.") from None
    except (ArithmeticError, TypeError, ValueError) as error:
        if isinstance(error, CannotCalculate):
            raise
        raise CannotCalculate("This cannot be calculated.") from None


def _value(node: ast.expr, depth: int) -> Number:
    if depth > MOST_DEPTH:
        raise CannotCalculate("The expression is nested too deeply.")
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return _bounded(value)
        case ast.Name(id=name) if name in _NAMES:
            return _NAMES[name]
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            return _bounded(_UNARY[type(op)](_value(operand, depth + 1)))
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(op, _value(left, depth + 1), _value(right, depth + 1))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _call(name, [_value(each, depth + 1) for each in args])
    raise CannotCalculate("Only numbers, + - * / // % **, brackets and a few functions.")


def _binary(op: ast.operator, left: Number, right: Number) -> Number:
    if isinstance(op, ast.Pow):
        return _power(left, right)
    if type(op) not in _BINARY:
        raise CannotCalculate("This operator is not known.")
    return _bounded(_BINARY[type(op)](left, right))


def _power(base: Number, exponent: Number) -> Number:
    """Whole numbers grow without end: the size of the result is known before it is computed."""
    if isinstance(base, int) and isinstance(exponent, int) and exponent > 0:
        if base.bit_length() * exponent > MOST_BITS:
            raise CannotCalculate("The result is too large.")
    elif abs(exponent) > MOST_BITS:
        raise CannotCalculate("The exponent is too large.")
    return _bounded(base**exponent)


def _call(name: str, arguments: list[Number]) -> Number:
    function, most = _FUNCTIONS[name]
    if not 1 <= len(arguments) <= most:
        raise CannotCalculate(f"{name} does not take {len(arguments)} arguments.")
    if name == "round" and len(arguments) == 2:
        arguments[1] = max(-20, min(20, int(arguments[1])))
    return _bounded(function(*arguments))


def _bounded(value: Any) -> Number:
    if isinstance(value, int) and value.bit_length() <= MOST_BITS:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise CannotCalculate("The result is too large, or not a real number.")


def _written(value: Number) -> str:
    """0.1 + 0.2 is 0.3 for people."""
    return str(value) if isinstance(value, int) else f"{value:.15g}"
