"""The thread of comments under a message, and who can be mentioned in it."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat.domain import access, comments
from chat.domain.comments import Told
from chat.domain.errors import Refused, TextRefused
from chat.live import announce
from chat.models import Conversation, Message, User

from .contexts import conversation_id_or_none
from .http import AuthenticatedHttpRequest, signed_in


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment is, looked up for this person."""

    user: User
    conversation: Conversation
    message: Message


@require_http_methods(["GET", "POST"])
@signed_in
def thread(
    request: AuthenticatedHttpRequest, conversation_id: UUID, message_id: int
) -> HttpResponse:
    """The list; POST with `key` and `text` adds to it."""
    place = _place(request, conversation_id, message_id)
    if request.method == "GET":
        return _list(request, place)
    key = conversation_id_or_none(request.POST.get("key", ""))
    if key is None:
        raise access.NotFound
    text = request.POST.get("text", "")
    return _changed(
        request,
        place,
        lambda: comments.add(place.user, place.conversation, place.message, key, text),
    )


@require_POST
@signed_in
def edit_comment(
    request: AuthenticatedHttpRequest, conversation_id: UUID, message_id: int, comment_id: int
) -> HttpResponse:
    place = _place(request, conversation_id, message_id)
    comment = access.comment_on(place.message, comment_id)
    text = request.POST.get("text", "")
    return _changed(request, place, lambda: comments.edit(place.user, comment, text))


@require_POST
@signed_in
def remove_comment(
    request: AuthenticatedHttpRequest, conversation_id: UUID, message_id: int, comment_id: int
) -> HttpResponse:
    place = _place(request, conversation_id, message_id)
    comment = access.comment_on(place.message, comment_id)
    return _changed(request, place, lambda: comments.remove(place.user, comment))


@require_GET
@signed_in
def mentionable(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    """People with access whose names begin with `q`."""
    conversation = access.conversation_read(request.user, conversation_id)
    found = comments.suggestions(request.user, conversation, request.GET.get("q", ""))
    return render(request, "chat/_mentionable.html", {"people": found})


def _place(request: AuthenticatedHttpRequest, conversation_id: UUID, message_id: int) -> Place:
    conversation = access.conversation_read(request.user, conversation_id)
    return Place(request.user, conversation, access.message_in(conversation, message_id))


def _changed(
    request: AuthenticatedHttpRequest, place: Place, change: Callable[[], Told]
) -> HttpResponse:
    """Everybody who looks is told; the answer is the list as it is now."""
    try:
        comments.check_rate(request.user)
        told = change()
    except TextRefused as refused:
        return _refused(refused, 422)
    except Refused as refused:
        return _refused(refused, 409)
    announce.comments_changed(place.conversation.id, place.message.id, told.count, place.user.id)
    announce.sidebars_changed(place.conversation.id)
    announce.notices_changed(told.mentioned)
    return _list(request, place)


def _refused(refused: Refused, status: int) -> HttpResponse:
    return HttpResponse(str(refused.words), content_type="text/plain; charset=utf-8", status=status)


def _list(request: AuthenticatedHttpRequest, place: Place) -> HttpResponse:
    ctx = {
        "conversation": place.conversation,
        "message": place.message,
        "entries": comments.entries(place.user, place.conversation, place.message),
        "most_characters": comments.MOST_CHARACTERS,
    }
    return render(request, "chat/_comments.html", ctx)
