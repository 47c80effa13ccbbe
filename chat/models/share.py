"""Shares: grants on a conversation or folder to a person, a team or everyone, and links."""

import uuid

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .folder import Folder
from .user import User


class Role(models.TextChoices):
    """What a share allows."""

    VIEWER = "viewer", _("may read")
    EDITOR = "editor", _("may read and write")


class ShareQuerySet(models.QuerySet["Share"]):
    def valid(self) -> "ShareQuerySet":
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))

    def for_user(self, user: User) -> "ShareQuerySet":
        """The valid shares by which this person may see something."""
        teams = user.groups.values("id")
        return self.valid().filter(Q(user=user) | Q(group__in=teams) | Q(everyone=True))


class Share(models.Model):
    """On exactly one of conversation and folder, to exactly one of user, group and everyone."""

    conversation = models.ForeignKey(
        "chat.Conversation", models.CASCADE, null=True, related_name="shares"
    )
    folder = models.ForeignKey(Folder, models.CASCADE, null=True, related_name="shares")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="shares"
    )
    group = models.ForeignKey(Group, models.CASCADE, null=True, related_name="shares")
    everyone = models.BooleanField(default=False)
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)
    expires_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(conversation=None) ^ Q(folder=None), name="share_of_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, group=None, everyone=False)
                | Q(user=None, group__isnull=False, everyone=False)
                | Q(user=None, group=None, everyone=True),
                name="share_to_one_party",
            ),
            # Nulls are not equal to each other, so each kind of grant needs its own.
            *(
                models.UniqueConstraint(
                    fields=[thing, *party],
                    condition=Q(**{f"{thing}__isnull": False}) & condition,
                    name=f"one_share_of_{thing}_to_{name}",
                )
                for thing in ("conversation", "folder")
                for name, party, condition in (
                    ("user", ["user"], Q(user__isnull=False)),
                    ("group", ["group"], Q(group__isnull=False)),
                    ("everyone", [], Q(everyone=True)),
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def valid(self) -> "ShareLinkQuerySet":
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, revoked_at=None, conversation__deleted_at=None)

    def opened_by(self, user: User) -> "ShareLinkQuerySet":
        """The valid ones by which this person reads something."""
        return self.valid().filter(views__user=user, views__left_at=None)


class ShareLink(models.Model):
    """A link by which people who are signed in may read a conversation; the id is the secret."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey("chat.Conversation", models.CASCADE, related_name="links")
    # A password hash, or empty: no password is asked for.
    password = models.CharField(max_length=128, blank=True)
    # Also for people who are not signed in; only where the setting ANONYMOUS_LINKS allows it.
    anonymous = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    anonymous_views = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ShareLinkQuerySet.as_manager()

    def __str__(self) -> str:
        # The id opens the conversation: it must not reach a log through str().
        return f"link to {self.conversation_id}"


class LinkViewManager(models.Manager["LinkView"]):
    def get_queryset(self) -> models.QuerySet["LinkView"]:
        return super().get_queryset().filter(left_at=None)


class LinkView(models.Model):
    """Who has opened a link, and so may read as long as the link is valid.

    Whoever has left again is only in `with_left`, which is what the owner's log shows.
    """

    link = models.ForeignKey(ShareLink, models.CASCADE, related_name="views")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True)

    objects = LinkViewManager()
    with_left: models.Manager["LinkView"] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "user"], name="one_row_per_viewer"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.count}"
