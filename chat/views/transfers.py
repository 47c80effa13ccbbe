""" "Your data": everything out as a zip, conversations in from a file, and how far both are."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat import crypto
from chat.domain import access, limits, tickets
from chat.domain.errors import Refused, TooOften
from chat.domain.transfer import files, jobs, reports
from chat.forms.transfer import ImportForm
from chat.models import Transfer
from chat.models.transfer import TransferKind, TransferState

from .downloads import download
from .exports import begun
from .http import AuthenticatedHttpRequest, signed_in

MOST_IN_A_WHILE, WHILE = 20, 3600


@dataclass(frozen=True, slots=True)
class Line:
    """A transfer as the page shows it. `percent` is None before there is anything to count."""

    row: Transfer
    percent: int | None
    sentences: list[str]

    @property
    def is_open(self) -> bool:
        return self.row.state in jobs.OPEN

    @property
    def is_export(self) -> bool:
        return self.row.kind == TransferKind.EXPORT

    @property
    def has_file(self) -> bool:
        return self.is_export and self.row.state == TransferState.DONE


@require_GET
@signed_in
def transfers(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The page; for htmx only the list."""
    if request.htmx:
        return render(request, "chat/_transfers.html", _list(request))
    return _page(request, ImportForm())


@require_POST
@signed_in
def begin_export(request: AuthenticatedHttpRequest) -> HttpResponse:
    return begun(request, lambda: jobs.begin_export(request.user), has_any=True)


@require_http_methods(["POST"])
@signed_in
def begin_import(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            _take_in(request, form)
        except Refused as refused:
            form.add_error("file", str(refused.words))
        else:
            return redirect("transfers")
    return _page(request, form, status=400)


def _take_in(request: AuthenticatedHttpRequest, form: ImportForm) -> None:
    if not limits.within("import", request.user.id, MOST_IN_A_WHILE, WHILE):
        raise ManyImports
    file = form.cleaned_data["file"]
    jobs.begin_import(request.user, file.name or "", file.chunks(files.PIECE))


class ManyImports(TooOften):
    words = gettext_lazy("That was a lot of imports. Wait an hour, then try again.")


@require_GET
@signed_in
def transfer_file(request: AuthenticatedHttpRequest, transfer_id: UUID) -> HttpResponseBase:
    """The zip, for the person who asked for it."""
    row = access.transfer_own(request.user, transfer_id)
    if row.kind != TransferKind.EXPORT or row.state != TransferState.DONE:
        raise access.NotFound
    try:
        reader = files.Reader(row.id)
    except (crypto.SealError, FileNotFoundError):
        words = _("This file does not open any more. Make a new one.")
        return HttpResponse(words, status=410, content_type="text/plain; charset=utf-8")
    name = f"chatsite-{timezone.localtime(row.created_at):%Y-%m-%d}.zip"
    response = download(request, files.pieces(reader), name, "application/zip")
    response.headers["Content-Length"] = str(reader.size)
    return response


@require_POST
@signed_in
def forget_transfer(request: AuthenticatedHttpRequest, transfer_id: UUID) -> HttpResponse:
    """Cancels what is under way, removes what is done."""
    jobs.forget(access.transfer_own(request.user, transfer_id))
    if request.htmx:
        return render(request, "chat/_transfers.html", _list(request))
    return redirect("transfers")


def _page(request: AuthenticatedHttpRequest, form: ImportForm, status: int = 200) -> HttpResponse:
    ctx = {"form": form, "ticket": tickets.ticket_for(request.user)}
    return render(request, "chat/transfers.html", ctx | _list(request), status=status)


def _list(request: AuthenticatedHttpRequest) -> dict[str, object]:
    lines = [_line(row) for row in jobs.of(request.user)]
    return {"lines": lines, "any_open": any(line.is_open for line in lines)}


def _line(row: Transfer) -> Line:
    percent = min(row.done * 100 // row.total, 100) if row.total else None
    return Line(row, percent, reports.sentences(row))
