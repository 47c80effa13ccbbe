"""Calls of tools that a language model asked for in a reply, each with its own state."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .message import Message


class CallState(models.TextChoices):
    """waiting → running → done or failed; the rest are other ends.

    Only `interrupted`, of a node that died, can be run again.
    """

    WAITING = "waiting", _("waiting for you")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("did not work")
    REFUSED = "refused", _("refused")
    STOPPED = "stopped", _("stopped")
    INTERRUPTED = "interrupted", _("interrupted")
    INCOMPLETE = "incomplete", _("not run, the call arrived incomplete")


# The next round waits for these.
OPEN_CALLS = (CallState.WAITING, CallState.RUNNING, CallState.INTERRUPTED)


class Asks(models.TextChoices):
    """What the person is asked for before there is a result."""

    NOTHING = "", ""
    CONSENT = "consent", _("consent")
    RESULT = "result", _("the result")


class ToolCall(models.Model):
    """`number` is the place in the reply; `call_id` is what the provider calls it.

    Every change of state is one UPDATE with a condition on the state (and the node, while it
    runs), as with completions. `lease_until` is the latest time at which a living node is done.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="tool_calls")
    number = models.PositiveSmallIntegerField()
    call_id = models.CharField(max_length=256)
    name = models.CharField(max_length=256)
    arguments = models.TextField()
    asks = models.CharField(max_length=10, choices=Asks, default=Asks.NOTHING, blank=True)
    state = models.CharField(max_length=12, choices=CallState)
    result = models.TextField(blank=True)
    seconds = models.FloatField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    node = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["message", "number"]
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="one_call_per_number"),
        ]
        indexes = [
            models.Index(
                fields=["state"],
                name="tool_call_running",
                condition=models.Q(state=CallState.RUNNING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.number}"
