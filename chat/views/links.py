"""Links to a conversation: made and revoked by its owner, opened by whoever was given one."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat.domain import access, limits, share_links, transcript
from chat.domain.share_links import PasswordAsked
from chat.domain.sharing import Change, SharingRefused
from chat.forms.sharing import LinkPasswordForm
from chat.live import announce
from chat.models import ShareLink, User

from .dialogs import dialog
from .http import AuthenticatedHttpRequest, signed_in
from .pages import row_number
from .share_dialog import done, link_form, render_dialog


@sensitive_variables()
@sensitive_post_parameters("password")
@require_POST
@signed_in
def make_link(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    conversation = access.conversation_own(request.user, conversation_id)
    form = link_form(request.POST)
    if form.is_valid():
        try:
            share_links.make(request.user, conversation, **form.cleaned_data)
        except SharingRefused as refused:
            form.add_error("expires_at", str(refused.words))
        else:
            change = Change((conversation.id,), ())
            return done(request, conversation, change, _("The link is ready. Copy it below."))
    return render_dialog(request, conversation, link_form=form)


@require_GET
@signed_in
def link_log(request: AuthenticatedHttpRequest, link_id: UUID) -> HttpResponse:
    """Who has opened it, when, and how often."""
    link = access.link_own(request.user, link_id)
    views = share_links.views_of(link)
    ctx = {"link": link, "conversation": link.conversation, "views": views}
    return dialog(request, "share_log", ctx)


@require_POST
@signed_in
def revoke_link(request: AuthenticatedHttpRequest, link_id: UUID) -> HttpResponse:
    link = access.link_own(request.user, link_id)
    change = share_links.revoke(request.user, link)
    return done(request, link.conversation, change, _("The link does not work any more."))


@sensitive_variables()
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def open_link(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """The address that people are given. Whoever is not signed in does that first."""
    if isinstance(request.user, User):
        answer = _open(request, request.user, link_id)
    elif ShareLink.objects.filter(id=link_id, anonymous=True).exists():
        answer = _open_unsigned(request, link_id)
    else:
        answer = redirect_to_login(request.get_full_path())
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers.setdefault("Referrer-Policy", "no-referrer")
    return answer


def _open(request: HttpRequest, user: User, link_id: UUID) -> HttpResponse:
    try:
        link = access.link_open(user, link_id)
        opened = share_links.open_for(user, link, _password(request))
    except access.NotFound:
        return _gone(request)
    except PasswordAsked as asked:
        return _ask(request, asked)
    if opened.change is not None:
        announce.shares_changed(opened.change.conversations, opened.change.users)
    return redirect("conversation", opened.conversation.id)


def _open_unsigned(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """The text alone, where the organisation allows that."""
    try:
        link = access.link_public(link_id)
    except access.NotFound:
        return _gone(request)
    passed = f"link {link.id}"
    if link.password and passed not in request.session:
        try:
            who = limits.network(get_adapter().get_client_ip(request))
            share_links.check(link, who, _password(request))
        except PasswordAsked as asked:
            return _ask(request, asked)
        request.session[passed] = True
        return redirect("open_link", link.id)
    return _public(request, link)


def _public(request: HttpRequest, link: ShareLink) -> HttpResponse:
    before = request.GET.get("before")
    if before is None:
        share_links.count_anonymous(link)
    shown = transcript.transcript(link.conversation, row_number(before) if before else None)
    ctx = {"conversation": link.conversation, "transcript": shown, "link": link}
    return render(request, "chat/pages/public.html", ctx)


def _password(request: HttpRequest) -> str | None:
    if request.method != "POST":
        return None
    return request.POST.get("password", "")[:200]


def _ask(request: HttpRequest, asked: PasswordAsked) -> HttpResponse:
    form = LinkPasswordForm()
    problem = str(asked.words) if type(asked) is not PasswordAsked else ""
    status = 429 if isinstance(asked, share_links.TooManyAttempts) else 200
    ctx = {"form": form, "problem": problem}
    answer = render(request, "chat/pages/link_password.html", ctx, status=status)
    # Without any referrer a browser sends the form from nowhere, and that is refused. The address
    # of the link stays out of it all the same.
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "chat/pages/link_gone.html", status=404)
