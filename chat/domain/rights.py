"""Whether sessions and rights that open sockets rely on still hold, for many at once."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chat.models import Conversation, LinkView, Share, ShareLink, User
from chat.models.share import Role

Asked = tuple[int, str, UUID | None]
Pair = tuple[int, UUID]


@dataclass(frozen=True, slots=True)
class Held:
    """`fingerprints` by (user id, session key); who is missing has no right at all.

    `roles` by (user id, conversation id): "owner", "editor" or "viewer"; who is missing has none.
    """

    fingerprints: dict[tuple[int, str], str]
    roles: dict[Pair, str]

    def may_see(self, user_id: int, conversation_id: UUID | None) -> bool:
        return conversation_id is not None and (user_id, conversation_id) in self.roles


def held(asked: Collection[Asked]) -> Held:
    """What still holds, in three queries however many ask, and three more where others than the
    owners look."""
    # Read first: whoever is deleted loses conversations, too, and is to be told to sign in.
    roles = roles_of({(user, conversation) for user, _, conversation in asked if conversation})
    users = User.objects.filter(id__in={user for user, _, _ in asked}, is_active=True)
    prints = {user.id: fingerprint(user) for user in users}
    keys = {key for _, key, _ in asked}
    rows = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    sessions = set(rows.values_list("session_key", flat=True))
    return Held(
        {(user, key): prints[user] for user, key, _ in asked if user in prints and key in sessions},
        roles,
    )


def roles_of(pairs: Collection[Pair]) -> dict[Pair, str]:
    """What each person may do in each conversation, by the rules of Conversation.objects."""
    found = Conversation.objects.filter(id__in={conversation for _, conversation in pairs})
    places = {row[0]: row[1:] for row in found.values_list("id", "owner_id", "folder_id")}
    pairs = [pair for pair in pairs if pair[1] in places]
    roles = {pair: "owner" for pair in pairs if places[pair[1]][0] == pair[0]}
    others = [pair for pair in pairs if pair not in roles]
    return roles | _roles_of_others(others, places) if others else roles


def _roles_of_others(
    pairs: Collection[Pair], places: Mapping[UUID, tuple[int, int | None]]
) -> dict[Pair, str]:
    users = {user for user, _ in pairs}
    conversations = {conversation for _, conversation in pairs}
    opened = LinkView.objects.filter(
        user__in=users,
        link__in=ShareLink.objects.valid().filter(conversation__in=conversations),
    )
    roles: dict[Pair, str] = dict.fromkeys(
        set(opened.values_list("user_id", "link__conversation_id")) & set(pairs),
        Role.VIEWER.value,
    )
    teams = _teams(users)
    for share in _shares(conversations, {places[one][1] for one in conversations}):
        for user, conversation in pairs:
            on_it = share.conversation_id == conversation or (
                share.folder_id is not None and share.folder_id == places[conversation][1]
            )
            to_them = share.everyone or share.user_id == user or share.group_id in teams[user]
            if on_it and to_them and roles.get((user, conversation)) != Role.EDITOR:
                roles[user, conversation] = share.role
    return roles


def _shares(conversations: Collection[UUID], folders: Collection[int | None]) -> QuerySet[Share]:
    folders = [folder for folder in folders if folder is not None]
    on_these = Q(conversation__in=conversations) | Q(folder__in=folders)
    return Share.objects.valid().filter(on_these)


def _teams(users: Collection[int]) -> dict[int, set[int | None]]:
    teams: dict[int, set[int | None]] = {user: set() for user in users}
    rows = User.groups.through.objects.filter(user__in=users)
    for user, group in rows.values_list("user_id", "group_id"):
        teams[user].add(group)
    return teams


def fingerprint(user: User) -> str:
    """Changes when the password, the permissions or the activity of the person change."""
    text = f"{user.rights_version}:{user.is_active}:{user.is_staff}:{user.password}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def user_of_session(session_key: str) -> User | None:
    """The signed-in, active person of a session, by the same checks as for a page."""
    # Not every database can even be asked for other texts: NUL is an error in PostgreSQL.
    session = SessionStore(session_key).load() if session_key.isalnum() else {}
    if BACKEND_SESSION_KEY not in session or SESSION_KEY not in session:
        return None
    user = User.objects.filter(id=str(session[SESSION_KEY]), is_active=True).first()
    if user is None:
        return None
    expected = user.get_session_auth_hash()
    return user if constant_time_compare(session.get(HASH_SESSION_KEY, ""), expected) else None
