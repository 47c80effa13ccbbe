"""The services that answer prompts, and how they are reached."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat import providers


class Policy(models.TextChoices):
    """What the organisation decides about a privacy switch of the provider."""

    OFF = "off", _("Off by default, people may switch it on")
    DEFAULT = "default", _("On by default, people may switch it off")
    ALWAYS = "always", _("Always on")


def kind_choices() -> list[tuple[str, str]]:
    """A callable, so that a new kind needs no migration."""
    return list(providers.KINDS)


_CHECKS: dict[str, Callable[[str], object]] = {
    "base_url": providers.check_base_url,
    "completions_path": providers.check_path,
    "models_path": providers.check_path,
    "auth_header": providers.check_header_name,
}


class Provider(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=40, choices=kind_choices)
    base_url = models.CharField(
        _("base URL"),
        max_length=500,
        help_text=_("Changing the host makes the stored keys useless: enter them again."),
    )
    completions_path = models.CharField(
        _("completions path"), max_length=200, blank=True, help_text=_("Empty: as documented.")
    )
    models_path = models.CharField(
        _("model list path"), max_length=200, blank=True, help_text=_("Empty: as documented.")
    )
    auth_header = models.CharField(
        _("key header"), max_length=80, blank=True, help_text=_("Empty: as documented.")
    )
    tool_role = models.CharField(
        _("role of tool results"),
        max_length=10,
        choices=[("tool", "tool"), ("data", "data")],
        blank=True,
        help_text=_("Empty: tool."),
    )
    enabled = models.BooleanField(_("enabled"), default=True)
    is_demo = models.BooleanField(_("demonstration"), default=False, editable=False)
    anonymize_policy = models.CharField(
        _("anonymise"), max_length=10, choices=Policy, default=Policy.DEFAULT
    )
    moderate_policy = models.CharField(
        _("moderate before sending"), max_length=10, choices=Policy, default=Policy.OFF
    )
    own_keys = models.BooleanField(
        _("people may use keys of their own"),
        default=False,
        help_text=_("They enter them in their preferences; their prompts go out with these."),
    )
    include_usage = models.BooleanField(
        _("ask for usage while streaming"),
        default=True,
        help_text=_("Switched off by itself when the provider refuses the option."),
    )
    # The circuit; see chat.domain.circuits.
    failures_in_row = models.PositiveSmallIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    next_try_at = models.DateTimeField(null=True, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    last_error = models.CharField(max_length=30, blank=True, editable=False)
    models_refreshed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("provider")
        verbose_name_plural = _("providers")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        wrong: dict[str, str] = {}
        for name, check in _CHECKS.items():
            value = getattr(self, name)
            try:
                if value or name == "base_url":
                    check(value)
            except providers.BadEndpoint as error:
                wrong[name] = str(error)
        if wrong:
            raise ValidationError(wrong)
        self.base_url = self.base_url.rstrip("/")

    @property
    def is_failing(self) -> bool:
        return self.failing_since is not None

    @property
    def adapter(self) -> providers.Adapter:
        return providers.adapter_for(self.kind)

    @property
    def origin(self) -> str:
        """scheme://host:port of the base URL: what its keys are sealed to."""
        parts = urlsplit(self.base_url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return f"{parts.scheme}://{parts.hostname}:{port}"

    def endpoint(self, api_key: providers.Secret) -> providers.Endpoint:
        """The value that the adapters take."""
        return providers.Endpoint(
            kind=self.kind,
            base_url=self.base_url,
            api_key=api_key,
            completions_path=self.completions_path,
            models_path=self.models_path,
            auth_header=self.auth_header,
            include_usage=self.include_usage,
            tool_role=self.tool_role or "tool",
            max_reply_bytes=settings.MAX_REPLY_BYTES,
            allowed_hosts=tuple(settings.PRIVATE_PROVIDERS),
            proxy=settings.PROVIDER_PROXY,
            timeouts=providers.Timeouts(
                first_byte=settings.FIRST_BYTE_TIMEOUT,
                idle=settings.SILENCE_TIMEOUT,
                no_data=max(90, settings.SILENCE_TIMEOUT),
                hard=settings.REPLY_TIMEOUT,
            ),
        )

    def policy_for(self, parameter: str) -> str:
        """The policy on a privacy parameter (`anonymize`, `moderate_before`)."""
        return self.anonymize_policy if parameter == "anonymize" else self.moderate_policy
