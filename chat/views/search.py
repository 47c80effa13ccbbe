"""Searching: the page of results, and the list beside the conversation while somebody types."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from chat.domain.search import Results
from chat.domain.search import search as find

from .http import AuthenticatedHttpRequest, signed_in

# What stands beside the conversation is for a glance.
BESIDE = 12


@require_GET
@signed_in
def search(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The words stand in the address, so that results can be kept and shared; nothing logs them."""
    text, after = request.GET.get("q", ""), request.GET.get("after", "")
    beside = bool(request.htmx)
    options = {"limit": BESIDE} if beside else {}
    results = find(request.user, text, after=after, **options)
    ctx = {
        "typed": text,
        "results": results,
        "said": _said(results),
        "all_address": _address(q=text),
        "more_address": _address(q=text, after=results.more) if results.more else "",
        "is_later": bool(after),
    }
    return render(request, "chat/_search_results.html" if beside else "chat/search.html", ctx)


def _said(results: Results) -> str:
    """For who listens to the page, and above the hits."""
    if not results.asked:
        return ""
    count = results.count
    if not count:
        return _("Nothing found.")
    if results.more:
        return _("The newest {count} results").format(count=count)
    return ngettext("{count} result", "{count} results", count).format(count=count)


def _address(**query: str) -> str:
    return f"{reverse('search')}?{urlencode(query, errors='replace')}"
