"""Whether sessions and rights that open sockets rely on still hold, for many at once."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chat.models import Conversation, User

Asked = tuple[int, str, UUID | None]


@dataclass(frozen=True, slots=True)
class Held:
    """`fingerprints` by (user id, session key); who is missing has no right at all."""

    fingerprints: dict[tuple[int, str], str]
    owners: dict[UUID, int]

    def may_see(self, user_id: int, conversation_id: UUID | None) -> bool:
        return conversation_id is not None and self.owners.get(conversation_id) == user_id


def held(asked: Collection[Asked]) -> Held:
    """What still holds, in three queries however many ask."""
    # Read first: whoever is deleted loses conversations, too, and is to be told to sign in.
    conversations = {conversation for _, _, conversation in asked if conversation}
    owned = Conversation.objects.filter(id__in=conversations)
    owners = dict(owned.values_list("id", "owner_id"))
    users = User.objects.filter(id__in={user for user, _, _ in asked}, is_active=True)
    prints = {user.id: fingerprint(user) for user in users}
    keys = {key for _, key, _ in asked}
    rows = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    sessions = set(rows.values_list("session_key", flat=True))
    return Held(
        {(user, key): prints[user] for user, key, _ in asked if user in prints and key in sessions},
        owners,
    )


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
