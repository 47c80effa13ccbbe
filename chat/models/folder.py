"""Folders: where a person puts conversations; one can be shared as a whole."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Folder(models.Model):
    """What is put into a shared folder is shared as the folder is."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="folders")
    name = models.CharField(_("name"), max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("folder")
        verbose_name_plural = _("folders")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_folder_per_name"),
        ]

    def __str__(self) -> str:
        # The name is content: it must not reach the administration or a log through str().
        return str(self.pk)
