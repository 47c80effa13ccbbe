"""Geometry of bar charts that are drawn on the server; what they say stands in a table, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HEIGHT = 200
STEP, WIDTH = 20, 14
# Whatever was used is visible, however little.
LEAST = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """In the units of the chart's view box. `upper` of the height, from the top, is hatched."""

    label: Any
    value: int
    part: int
    x: int
    y: int
    height: int
    upper: int


@dataclass(frozen=True, slots=True)
class Chart:
    """`top` is the value at the upper edge, a round number; 0: there is nothing to draw."""

    bars: list[Bar]
    top: int
    width: int
    height: int = HEIGHT
    bar: int = WIDTH

    @property
    def half(self) -> float:
        return self.top / 2 if self.top % 2 else self.top // 2

    @property
    def ends(self) -> list[Any]:
        """What is written beneath: the first bar's label, the middle one's, and the last one's."""
        if not self.bars:
            return []
        places = sorted({0, (len(self.bars) - 1) // 2, len(self.bars) - 1})
        return [self.bars[place].label for place in places]


def chart(points: Sequence[tuple[Any, int, int]]) -> Chart:
    """Of (label, value, part of the value that is hatched)."""
    top = ceiling(max((value for _label, value, _part in points), default=0))
    bars = [_bar(index, point, top) for index, point in enumerate(points)]
    return Chart(bars, top, max(len(points), 1) * STEP)


def _bar(index: int, point: tuple[Any, int, int], top: int) -> Bar:
    label, value, part = point
    height = max(round(HEIGHT * value / top), LEAST) if value > 0 else 0
    upper = round(height * part / value) if value > 0 else 0
    x = index * STEP + (STEP - WIDTH) // 2
    return Bar(label, value, part, x, HEIGHT - height, height, upper)


def ceiling(value: int) -> int:
    """The next 1, 2 or 5 with noughts behind it."""
    if value <= 0:
        return 0
    power: int = 10 ** (len(str(value)) - 1)
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)
