"""One conversation as a file, for everybody who may read it; selected ones as a zip."""

from collections.abc import Callable, Iterator
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chat.domain import access, audit
from chat.domain.errors import Refused
from chat.domain.transfer import jobs
from chat.domain.transfer.document import document
from chat.domain.transfer.markdown import markdown
from chat.domain.transfer.names import safe_name
from chat.domain.transfer.printing import path_turns
from chat.domain.transfer.rows import thread_of
from chat.domain.transfer.threads import Thread
from chat.models.audit_event import Verb

from .dialogs import dialog
from .downloads import download
from .filing import ids_of
from .http import AuthenticatedHttpRequest, signed_in

FORMS: dict[str, tuple[str, str]] = {
    "markdown": ("md", "text/markdown; charset=utf-8"),
    "json": ("json", "application/json"),
    "text": ("json", "application/json"),
}
# Turns are rendered: that takes time.
MOST_PRINTED = 1000


@require_GET
@signed_in
def export_conversation(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    """Asks in which form."""
    found = access.conversation_read(request.user, conversation_id)
    has_files = found.attachments.filter(message__isnull=False).exists()
    return dialog(request, "export", {"conversation": found, "has_files": has_files})


@require_GET
@signed_in
def export_file(
    request: AuthenticatedHttpRequest, conversation_id: UUID, form: str
) -> HttpResponseBase:
    """`text` is JSON without the files themselves."""
    conversation = access.conversation_read(request.user, conversation_id)
    if form not in FORMS:
        raise Http404
    ending, content_type = FORMS[form]
    audit.record(Verb.EXPORTED, request.user, conversation, details={"as": form})
    pieces = _pieces(form, thread_of(conversation))
    name = safe_name(conversation.title, ending)
    return download(request, (piece.encode() for piece in pieces), name, content_type)


def _pieces(form: str, thread: Thread) -> Iterator[str]:
    if form == "markdown":
        # In the language of the request, which is over when the last piece is asked for.
        return iter(list(markdown(thread)))
    return document(thread, timezone.now(), with_files=form == "json")


@require_GET
@signed_in
def print_conversation(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    """The shown path as a page of its own, without a script, to print or keep."""
    conversation = access.conversation_read(request.user, conversation_id)
    audit.record(Verb.EXPORTED, request.user, conversation, details={"as": "page"})
    turns, more = path_turns(conversation, MOST_PRINTED)
    ctx = {"conversation": conversation, "turns": turns, "more": more, "now": timezone.now()}
    return render(request, "chat/pages/print.html", ctx)


@require_POST
@signed_in
def export_selected(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Of the selected ones the person's own; the zip is made in the background."""
    chosen = access.conversations_own(request.user, ids_of(request.POST.get("ids", "")))
    return begun(request, lambda: jobs.begin_export(request.user, chosen), bool(chosen))


def begun(
    request: AuthenticatedHttpRequest, begin: Callable[[], object], has_any: bool
) -> HttpResponse:
    """To the page where its progress is seen; a dialog where it cannot begin."""
    words = "" if has_any else _("Nothing of your own is selected.")
    if has_any:
        try:
            begin()
        except Refused as refused:
            words = str(refused.words)
    if words:
        return dialog(request, "export_refused", {"words": words})
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": "/transfers/"})
    return redirect("transfers")
