"""What a person has seen: what others share is unread until then, later answers are again."""

from uuid import UUID

from django.db.models.functions import Now

from chat.models import Conversation, User, Visit

from . import access


def see(user: User, conversation_id: UUID) -> bool:
    """The person looks at it now. True: there was something unread. Raises access.NotFound."""
    conversation = access.conversation_read(user, conversation_id)
    was_unread = _has_news(user, conversation)
    note(user, conversation)
    return was_unread


def note(user: User, conversation: Conversation) -> None:
    """One statement, whether the person has been here before or not."""
    Visit.objects.bulk_create(
        [Visit(user=user, conversation=conversation, seen_at=Now())],
        update_conflicts=True,
        unique_fields=["user", "conversation"],
        update_fields=["seen_at"],
    )


def _has_news(user: User, conversation: Conversation) -> bool:
    came = [at for at in (conversation.answered_at, conversation.commented_at) if at is not None]
    if not came and conversation.owner_id == user.id:
        return False
    seen = Visit.objects.filter(user=user, conversation=conversation)
    if came:
        seen = seen.filter(seen_at__gte=max(came))
    return not seen.exists()
