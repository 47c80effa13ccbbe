"""Names of files that every system takes and that say what is in them."""

import re
import unicodedata

from django.utils.translation import gettext as _

LONGEST = 80
# Most file systems take 255, and an export puts a number and an ending around the name.
MOST_BYTES = 200
FORBIDDEN = re.compile(r'[\\/:*?"<>|\s]+')
# Windows takes these for devices, with any ending.
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def safe_name(title: str, ending: str) -> str:
    """Nothing in it leads elsewhere, hides, turns the reading direction or means a device."""
    plain = "".join(sign for sign in title if unicodedata.category(sign)[0] != "C" or sign == " ")
    words = FORBIDDEN.sub(" ", plain).strip(" .-")[:LONGEST]
    words = words.encode()[:MOST_BYTES].decode(errors="ignore").rstrip(" .")
    if not words or DEVICES.match(words):
        words = f"{_('Conversation')} {words}".strip()
    return f"{words}.{ending}"
