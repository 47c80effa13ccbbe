"""The shares of a conversation or folder, as its owner's dialog and the page's head show them."""

from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from chat.models import Conversation, Folder, LinkView, Share, ShareLink, User
from chat.models.share import ShareQuerySet

from . import audience


@dataclass(frozen=True, slots=True)
class Reach:
    """`people`: how many beside the owner may read it. Shared with none: by a link not yet used."""

    is_shared: bool = False
    people: int = 0
    everyone: bool = False


def reach(conversation: Conversation) -> Reach:
    """One query where nothing is shared, three where something is."""
    if not audience.is_shared(conversation.id):
        return Reach()
    everyone = valid(conversation).filter(everyone=True).exists()
    others = audience.people(conversation).exclude(id=conversation.owner_id)
    return Reach(is_shared=True, people=others.count(), everyone=everyone)


@dataclass(frozen=True, slots=True)
class Ways:
    """How a person has come to something of somebody else's.

    `alone`: by a share or an opened link of the person's own, which the person may end. `folder`:
    so is the folder in which it lies. `others`: shares with teams and with everyone.
    """

    alone: bool
    folder: Folder | None
    others: list[Share]

    @property
    def may_leave(self) -> bool:
        """Whether the person sees it no longer after ending the own one."""
        return self.alone and not self.folder and not self.others


def ways_to(user: User, thing: Conversation | Folder) -> Ways:
    """Three queries at most."""
    shares = [share for share in shares_of(thing) if share.user_id in (None, user.id)]
    teams = set(user.groups.values_list("id", flat=True))
    mine = [share for share in shares if share.user_id == user.id]
    alone = any(share.folder_id is None or thing == share.folder for share in mine)
    if isinstance(thing, Conversation) and not alone:
        alone = LinkView.objects.filter(
            user=user, link__in=ShareLink.objects.valid().filter(conversation=thing)
        ).exists()
    return Ways(
        alone=alone,
        folder=next((it.folder for it in mine if it.folder and it.folder != thing), None),
        others=[share for share in shares if share.everyone or share.group_id in teams],
    )


def shares_of(thing: Conversation | Folder) -> list[Share]:
    """The valid ones, first those on the thing itself, then those on its folder. One query."""
    rows = valid(thing).select_related("user", "group", "folder", "created_by")
    by_name = (Lower("group__name"), Lower("user__name"), "user__email")
    return sorted(
        rows.order_by("-everyone", *by_name, "id"), key=lambda share: share.folder_id is not None
    )


def names_of(folder: Folder) -> list[str]:
    """Whom a folder is shared with: people and teams by name, or everyone. One query."""
    return [
        share.user.get_full_name()
        if share.user
        else share.group.name
        if share.group
        else _("everyone who is signed in")
        for share in shares_of(folder)
    ]


def valid(thing: Conversation | Folder) -> ShareQuerySet:
    on_it = Q(folder=thing) if isinstance(thing, Folder) else Q(conversation=thing)
    if isinstance(thing, Conversation) and thing.folder_id is not None:
        on_it |= Q(folder=thing.folder_id)
    return Share.objects.valid().filter(on_it)
