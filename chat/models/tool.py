"""Tools that a language model may ask for: what they are called, who may use them, what they do."""

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat import providers

from . import sealing
from .language_model import LanguageModel
from .user import User

NAME = r"\A[a-zA-Z0-9_-]{1,64}\Z"


class ToolKind(models.TextChoices):
    FUNCTION = "function", _("built in")
    HTTP = "http", _("an address of the organisation")
    BY_HAND = "by_hand", _("answered by hand")


class Function(models.TextChoices):
    CURRENT_DATETIME = "current_datetime", _("current date and time")
    CALCULATOR = "calculator", _("calculator")


class ToolQuerySet(models.QuerySet["Tool"]):
    def offered_to(self, user: User, model: LanguageModel) -> "ToolQuerySet":
        """Enabled, open to one of the user's teams, and meant for this model."""
        teams = models.Q(groups=None) | models.Q(groups__in=user.groups.all())
        for_model = models.Q(language_models=None) | models.Q(language_models=model)
        return self.filter(teams, enabled=True).filter(for_model).distinct()


class Tool(models.Model):
    """`parameters` is the JSON schema of the arguments. The key of an address is never a field."""

    # Known before the first save, because the seal of the key is bound to it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(
        _("name"),
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(
                r"\A[a-zA-Z0-9_-]{1,64}\Z", _("Only letters, digits, - and _, no spaces.")
            )
        ],
        help_text=_("For the model, for example: find_customer"),
    )
    description = models.TextField(
        _("description"),
        max_length=2000,
        help_text=_("Tells the model what the tool does and when to use it; people see it, too."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ToolKind)
    function = models.CharField(_("built-in function"), max_length=20, choices=Function, blank=True)
    parameters = models.JSONField(
        _("arguments"),
        default=dict,
        blank=True,
        help_text=_("A JSON schema. For built-in functions leave it empty."),
    )
    url = models.CharField(
        _("address"),
        max_length=500,
        blank=True,
        help_text=_("The arguments are sent there as JSON. Changing the host removes the key."),
    )
    key_header = models.CharField(
        _("key header"),
        max_length=64,
        blank=True,
        validators=[RegexValidator(NAME, _("Only letters, digits, - and _, no spaces."))],
        help_text=_("Empty: Authorization: Bearer."),
    )
    sealed = models.BinaryField(null=True, editable=False)
    hint = models.CharField(_("key ends in"), max_length=4, blank=True, editable=False)
    writes = models.BooleanField(
        _("changes something"),
        default=True,
        help_text=_("The person is asked before every call."),
    )
    enabled = models.BooleanField(_("enabled"), default=True)
    groups = models.ManyToManyField(
        Group, blank=True, verbose_name=_("teams"), help_text=_("Who may use it; empty: everyone.")
    )
    language_models = models.ManyToManyField(
        LanguageModel,
        blank=True,
        verbose_name=_("language models"),
        related_name="tools",
        help_text=_("Which models it is offered to; empty: all that can use tools."),
    )

    objects = ToolQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("tool")
        verbose_name_plural = _("tools")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.kind == ToolKind.FUNCTION:
            self._clean_function()
        if self.kind == ToolKind.HTTP:
            self._clean_url()
        try:
            providers.check_tool_schema(self.parameters)
        except providers.BadToolSchema as problem:
            raise ValidationError({"parameters": str(problem)}) from None

    def _clean_function(self) -> None:
        """A built-in function knows its arguments itself and changes nothing."""
        if self.function not in Function.values:
            raise ValidationError({"function": _("Choose a function.")})
        self.parameters = SCHEMAS[Function(self.function)]
        self.writes = False

    def _clean_url(self) -> None:
        try:
            providers.check_base_url(self.url)
        except providers.BadEndpoint as problem:
            raise ValidationError({"url": str(problem)}) from None

    @property
    def origin(self) -> str:
        """scheme://host:port: what the key is sealed to."""
        parts = urlsplit(self.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return f"{parts.scheme}://{parts.hostname}:{port}"

    @property
    def context(self) -> dict[str, str]:
        return {"table": "tool", "field": "sealed", "row": str(self.id), "origin": self.origin}

    def seal(self, secret: providers.Secret) -> None:
        """Puts the key in place; the row is not saved."""
        plain = secret.reveal()
        self.hint = plain[-4:]
        self.sealed = sealing.seal(plain.encode("ascii"), self.context)

    def reveal(self) -> providers.Secret | None:
        """None: it has no key. Raises crypto.SealBroken or crypto.UnknownKey."""
        if self.sealed is None:
            return None
        return providers.Secret(sealing.unseal(self.sealed, self.context).decode("ascii"))

    def reseal(self) -> None:
        """Seals anew with the newest key of the ring and saves."""
        if (secret := self.reveal()) is not None:
            self.seal(secret)
            self.save(update_fields=["sealed", "hint"])


SCHEMAS: dict[Function, dict[str, Any]] = {
    Function.CURRENT_DATETIME: {
        "type": "object",
        "properties": {
            "time_zone": {
                "type": "string",
                "description": "IANA name, for example Europe/Zurich",
                "default": "UTC",
            }
        },
        "required": [],
    },
    Function.CALCULATOR: {
        "type": "object",
        "properties": {
            "expression": {
                "type": "string",
                "description": "For example (2 + 3) * 4 / 7, with + - * / // % ** and sqrt, round",
            }
        },
        "required": ["expression"],
    },
}
