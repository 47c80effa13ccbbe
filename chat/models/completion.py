"""Completions: one call to a provider each, with its state, lease and the text on its way."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .conversation import Conversation
from .language_model import LanguageModel
from .provider import Provider


class State(models.TextChoices):
    """States only move forward: queued → running → one of the ends."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("writing")
    COMPLETED = "completed", _("completed")
    STOPPED = "stopped", _("stopped")
    FAILED = "failed", _("failed")
    BLOCKED = "blocked", _("blocked by moderation")
    INTERRUPTED = "interrupted", _("interrupted")


OPEN = (State.QUEUED, State.RUNNING)


class Purpose(models.TextChoices):
    ANSWER = "answer", _("answer")
    TITLE = "title", _("title")
    CHECK = "check", _("provider check")


class CompletionQuerySet(models.QuerySet["Completion"]):
    def open(self) -> "CompletionQuerySet":
        """What waits or is being written.

        The states stand in the statement itself: with parameters SQLite does not see that the
        indexes of open completions may be used, and reads all that a person ever asked.
        """
        states = ", ".join(f"'{state.value}'" for state in OPEN)
        is_open = models.Func(
            models.F("state"),
            template=f"%(expressions)s IN ({states})",
            output_field=models.BooleanField(),
        )
        return self.filter(is_open)


class Completion(models.Model):
    """`node` owns the call until `lease_until`; `lease_version` fences off a node that slept.

    Every change of state is one UPDATE with a condition on state, node and lease version. The row
    outlives its conversation, so that a call that is deleted while it runs is still counted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(
        Conversation, models.SET_NULL, null=True, related_name="completions"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    provider = models.ForeignKey(Provider, models.SET_NULL, null=True, related_name="+")
    language_model = models.ForeignKey(LanguageModel, models.SET_NULL, null=True, related_name="+")
    model_name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.ANSWER)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    # Sent with the person's own key, not the organisation's.
    own_key = models.BooleanField(default=False)
    error_category = models.CharField(max_length=30, blank=True)
    # What a rejected request was rejected for, with commas.
    error_fields = models.CharField(max_length=300, blank=True)
    retry_after = models.FloatField(null=True)
    # Of several answers the one that a person kept; null: they stand side by side.
    kept_choice = models.PositiveSmallIntegerField(null=True, editable=False)
    streamed = models.BooleanField(null=True)
    system_fingerprint = models.CharField(max_length=200, blank=True)
    node = models.CharField(max_length=40, blank=True)
    lease_version = models.PositiveIntegerField(default=1)
    lease_until = models.DateTimeField(null=True)
    stop_requested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    first_delta_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = CompletionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["provider", "created_at"], name="completion_health"),
            # What is open now: a handful of rows among millions.
            models.Index(
                fields=["state"], name="completion_open", condition=models.Q(state__in=OPEN)
            ),
            models.Index(
                fields=["user"], name="completion_open_of", condition=models.Q(state__in=OPEN)
            ),
            models.Index(
                fields=["conversation"],
                name="completion_open_in",
                condition=models.Q(state__in=OPEN),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def seconds(self) -> float | None:
        """How long the answer took, from its start to its end."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def pause(self) -> float | None:
        """Seconds until a busy provider wants to be asked again, from 0 down when it may be by now.

        None: it did not say.
        """
        if self.finished_at is None or self.retry_after is None:
            return None
        return self.retry_after - (timezone.now() - self.finished_at).total_seconds()


class Part(models.IntegerChoices):
    """Which text of the reply a chunk belongs to."""

    CONTENT = 0
    REASONING = 1


class ReplyChunk(models.Model):
    """Text of a running reply, stored before anyone sees it; joined into the message at the end.

    No database constraint to the message: a conversation that is deleted meanwhile must not make
    the commit fail that carries the text of all other replies.
    """

    reply = models.ForeignKey(
        "chat.Message", models.DO_NOTHING, related_name="chunks", db_constraint=False
    )
    seq = models.PositiveIntegerField()
    part = models.PositiveSmallIntegerField(choices=Part, default=Part.CONTENT)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reply", "seq"], name="one_chunk_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.reply_id}/{self.seq}"
