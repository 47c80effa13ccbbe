"""Conversations: a thread of messages with one owner."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, FilteredRelation, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .folder import Folder
from .language_model import LanguageModel
from .library import Preset
from .share import LinkView, Role, Share, ShareLink
from .user import User


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def readable_by(self, user: User) -> "ConversationQuerySet":
        """Own ones, those shared by whatever way, and those that a link was opened to."""
        return self.filter(Q(owner=user) | _shared(Share.objects.for_user(user)) | _linked(user))

    def writable_by(self, user: User) -> "ConversationQuerySet":
        editing = Share.objects.for_user(user).filter(role=Role.EDITOR)
        return self.filter(Q(owner=user) | _shared(editing))

    def shared_with(self, user: User) -> "ConversationQuerySet":
        """Others' conversations that the person may read."""
        return self.readable_by(user).exclude(owner=user)

    def shared(self) -> "ConversationQuerySet":
        """Those that anybody but the owner may read, or may come to by a link."""
        links = ShareLink.objects.valid().filter(conversation=OuterRef("pk"))
        return self.filter(_shared(Share.objects.valid()) | Q(Exists(links)))

    def hold(self) -> None:
        """Until the transaction ends, nobody else ends a reply or deletes something there.

        Whoever changes replies takes their conversations first: so two never wait for each other.
        """
        list(self.select_for_update().order_by("id").values_list("id"))

    def newest_first(self) -> "ConversationQuerySet":
        return self.order_by("-updated_at", "-id")

    def older_than(self, moment: datetime, last: uuid.UUID) -> "ConversationQuerySet":
        """What follows the conversation of this moment and id in the order of newest_first."""
        return self.filter(Q(updated_at__lt=moment) | Q(id__lt=last), updated_at__lte=moment)

    def recent(self, owner: User) -> "ConversationQuerySet":
        """Own ones that are filed nowhere; the words of the index conversation_sidebar."""
        return self._kept(owner).filter(archived_at=None, pinned_at=None, folder=None)

    def pinned(self, owner: User) -> "ConversationQuerySet":
        return self._kept(owner).filter(archived_at=None, pinned_at__isnull=False)

    def archived(self, owner: User) -> "ConversationQuerySet":
        return self._kept(owner).filter(archived_at__isnull=False)

    def in_folder(self, folder: Folder) -> "ConversationQuerySet":
        return self.filter(folder=folder, archived_at=None, temporary=False)

    def shared_one_by_one(self, user: User) -> "ConversationQuerySet":
        """Others' conversations that are shared by themselves or by an opened link.

        Begins at the shares, so that it costs as much as these and not as all conversations.
        """
        shares = Share.objects.valid().filter(conversation__isnull=False).values("conversation")
        # Each has an index of its own; as one condition with OR they have none.
        ids = shares.filter(user=user).union(
            shares.filter(group__in=user.groups.values("id")),
            shares.filter(everyone=True),
            ShareLink.objects.opened_by(user).values("conversation"),
        )
        return self.filter(id__in=ids, temporary=False).exclude(owner=user)

    def marked_for(self, user: User) -> "ConversationQuerySet":
        """`unread`: an answer ended or a comment came after the person looked last; and what
        others have shared, until the person looks for the first time."""
        seen = F("visit__seen_at")
        news = Q(answered_at__gt=seen) | Q(commented_at__gt=seen)
        news |= Q(visit__seen_at=None) & ~Q(owner=user)
        visit = FilteredRelation("visits", condition=Q(visits__user=user))
        unread = ExpressionWrapper(news, models.BooleanField(null=True))
        return self.annotate(visit=visit).annotate(unread=unread)

    def _kept(self, owner: User) -> "ConversationQuerySet":
        return self.filter(owner=owner, temporary=False)


class ConversationManager(models.Manager["Conversation"]):
    def get_queryset(self) -> ConversationQuerySet:
        return ConversationQuerySet(self.model, using=self._db).filter(deleted_at=None)


Shown = ConversationManager.from_queryset(ConversationQuerySet)


def _shared(shares: models.QuerySet[Share]) -> Q:
    itself = shares.filter(conversation=OuterRef("pk"))
    folder = shares.filter(folder=OuterRef("folder"))
    return Q(Exists(itself)) | Q(Exists(folder))


def _linked(user: User) -> Q:
    valid = ShareLink.objects.valid().filter(conversation=OuterRef(OuterRef("pk")))
    return Q(Exists(LinkView.objects.filter(user=user, link__in=valid.values("id"))))


class Conversation(models.Model):
    """`leaf` is the last message of the path that is shown; siblings are other paths.

    The id may be chosen by the browser (a random UUID), so that sending the first prompt twice
    makes one conversation. What its owner has deleted is no longer in `objects`, only in
    `with_deleted`, until housekeeping removes it for good.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations"
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    # Given by a person: nothing changes it by itself any more.
    titled = models.BooleanField(default=False)
    language_model = models.ForeignKey(
        LanguageModel, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    parameters = models.JSONField(default=dict, blank=True)
    system_prompt = models.TextField(_("instructions"), blank=True)
    preset = models.ForeignKey(Preset, models.SET_NULL, null=True, blank=True, related_name="+")
    leaf = models.ForeignKey("chat.Message", models.SET_NULL, null=True, related_name="+")
    # What it is a copy of, or was branched from.
    origin = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    folder = models.ForeignKey(Folder, models.SET_NULL, null=True, related_name="conversations")
    pinned_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    # Those that were deleted at once have the same, by which they can be brought back together.
    deleted_at = models.DateTimeField(null=True, editable=False)
    # Not listed, and removed after its last page is closed; the calls are counted.
    temporary = models.BooleanField(default=False)
    legal_hold = models.BooleanField(
        _("legal hold"), default=False, help_text=_("Nobody can delete it, and no rule removes it.")
    )
    # The last ends of replies and the last comments, for the unread mark.
    answered_at = models.DateTimeField(null=True, editable=False)
    commented_at = models.DateTimeField(null=True, editable=False)
    rights_version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last activity"), auto_now_add=True)

    objects = Shown()
    with_deleted = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        permissions = [("hold_conversation", _("Can put conversations under a legal hold"))]
        indexes = [
            # The sidebar: one person's conversations, newest first, paged by key.
            models.Index(
                fields=["owner", "-updated_at", "-id"],
                name="conversation_sidebar",
                condition=Q(
                    archived_at=None, pinned_at=None, temporary=False, folder=None, deleted_at=None
                ),
            ),
            # The sidebar's other lists, likewise.
            models.Index(
                fields=["owner", "-updated_at", "-id"],
                name="conversation_pinned",
                condition=Q(
                    archived_at=None, pinned_at__isnull=False, temporary=False, deleted_at=None
                ),
            ),
            models.Index(
                fields=["owner", "-updated_at", "-id"],
                name="conversation_archived",
                condition=Q(archived_at__isnull=False, temporary=False, deleted_at=None),
            ),
            models.Index(
                fields=["folder", "-updated_at", "-id"],
                name="conversation_in_folder",
                condition=Q(archived_at=None, temporary=False, deleted_at=None),
            ),
            # What can be brought back, and what housekeeping removes.
            models.Index(
                fields=["owner", "deleted_at"],
                name="conversation_deleted",
                condition=Q(deleted_at__isnull=False),
            ),
            # What retention looks at.
            models.Index(fields=["updated_at"], name="conversation_by_activity"),
        ]

    def __str__(self) -> str:
        # The title is content: it must not reach the admin or a log through str().
        return str(self.id)
