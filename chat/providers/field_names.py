"""What a person calls the fields that a provider complained about."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chat.providers.kinds import KINDS, adapter_for

# Inside of a message, as some providers name the place of a fault.
_IN_MESSAGES = {"content": "messages", "role": "messages"}
_LABELS: dict[str, str | Promise] = {
    "model": _("Model"),
    "messages": _("Message"),
    **{each.name: each.label for kind, _label in KINDS for each in adapter_for(kind).parameters},
}


def known_fields(names: Iterable[str]) -> tuple[str, ...]:
    """Those that people have a hand in; `messages.0.content` is `messages`."""
    roots = (re.split(r"[.\[]", name, maxsplit=1)[0] for name in names)
    found = (_IN_MESSAGES.get(root, root) for root in roots)
    return tuple(dict.fromkeys(name for name in found if name in _LABELS))


def field_labels(names: Iterable[str]) -> list[str]:
    """In the language of the reader."""
    return [str(_LABELS[name]) for name in known_fields(names)]
