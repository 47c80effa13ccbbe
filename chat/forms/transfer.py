"""The form with which a file of conversations comes in."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("A .json or .zip file, as Chatsite, ChatGPT or Open WebUI export it."),
        allow_empty_file=False,
        widget=forms.FileInput(attrs={"accept": ".json,.zip,application/json,application/zip"}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        most: int = settings.MAX_IMPORT_BYTES
        if (file.size or 0) > most:
            words = gettext("The file is larger than {size}, which is the most that is taken.")
            raise ValidationError(words.format(size=filesizeformat(most)))
        return file
