"""What the owner says when putting conversations into folders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models import Folder


class FolderForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


@dataclass(frozen=True, slots=True)
class SharedWith:
    """Who will see what is put into this folder; the person has not agreed to it yet."""

    folder: Folder
    names: Sequence[str]


class MoveForm(forms.Form):
    """`folders`: id and name of each, and whether others see what is in it."""

    shared_with: SharedWith | None = None

    folder = forms.TypedChoiceField(
        label=_("Folder"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"autofocus": True}),
    )
    name = forms.CharField(
        label=_("Or a new folder"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, folders: Iterable[tuple[int, str, bool]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = list(folders)
        field = self.fields["folder"]
        assert isinstance(field, forms.TypedChoiceField)
        choices = [(number, _label(name, shared)) for number, name, shared in known]
        field.choices = [("", _("No folder")), *choices]
        if any(shared for _number, _name, shared in known):
            field.help_text = _("Everyone who sees a shared folder sees what you put into it.")


def _label(name: str, shared: bool) -> str:
    return gettext("{name} (shared)").format(name=name) if shared else name
