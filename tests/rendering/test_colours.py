"""Coloured code is readable: WCAG AA on every background it stands on, light and dark."""

import re
from pathlib import Path

import pytest

from chat.rendering.highlighting import CLASSES

CSS = (Path(__file__).parents[2] / "static/css/base.css").read_text()
LIGHT_GROUNDS = ["#ffffff", "#f6f7f9", "#f5f4f0"]
DARK_GROUNDS = ["#16181d", "#1e2127", "#151718"]


def colours(rule: str) -> dict[str, str]:
    body = CSS.split(rule, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"(--code-\w+): (#[0-9a-f]{6})", body))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, ground: str) -> float:
    dark, light = sorted([luminance(colour), luminance(ground)])
    return (light + 0.05) / (dark + 0.05)


LIGHT = colours("\n.code-block {\n")
DARK = colours(':root[data-theme="dark"] .code-block {')
BY_SYSTEM = colours(':root:not([data-theme="light"]) .code-block {')


@pytest.mark.parametrize(
    ("colour", "ground"),
    [(colour, ground) for colour in LIGHT.values() for ground in LIGHT_GROUNDS]
    + [(colour, ground) for colour in DARK.values() for ground in DARK_GROUNDS],
)
def test_a_colour_stands_out(colour: str, ground: str) -> None:
    assert contrast(colour, ground) >= 4.5


def test_the_dark_colours_are_the_same_by_choice_and_by_system() -> None:
    assert DARK == BY_SYSTEM
    assert DARK.keys() == LIGHT.keys()


def test_every_class_has_a_rule() -> None:
    assert {name for name in CLASSES if not re.search(rf"\.{name}\b", CSS)} == set()
