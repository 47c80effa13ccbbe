"""Characters that cannot be seen but change what is read, run or opened."""

import re

_SURROGATES = "\ud800-\udfff"
_TAGS = "\U000e0000-\U000e01ef"
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_DIRECTIONS = "\u202a-\u202e\u2066-\u2069"
_ANYWHERE = re.compile(f"[{_SURROGATES}{_TAGS}{_CONTROLS}{_DIRECTIONS}]")

# Persian needs the non-joiner, Hebrew the direction marks and emoji the joiner; but in code and in
# links they only deceive (save the joiner inside an emoji).
_INVISIBLE = "\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u2060-\u206f\u3164\ufeff\uffa0"
_IN_CODE = re.compile(f"[{_INVISIBLE}]|(?<![\U0001f000-\U0001faff\u2600-\u27bf\ufe0f])\u200d")


def tame(text: str) -> str:
    """Shows controls and direction overrides as marks, and drops what can only hide text."""
    return _ANYWHERE.sub(_tamed, text)


def reveal(text: str) -> str:
    """For code and links: nothing in them is invisible."""
    return _IN_CODE.sub(_mark, tame(text))


def is_plain_to_see(text: str) -> bool:
    return reveal(text) == text


def _tamed(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "" if code >= 0xE0000 else "\ufffd"


def _mark(match: re.Match[str]) -> str:
    return f"[U+{ord(match[0]):04X}]"
