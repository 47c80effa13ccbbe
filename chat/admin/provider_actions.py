"""What can be done with a provider besides changing it: trying it out, loading its models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from chat.domain.catalogue import CatalogueProblem, Loaded, check_provider, load_models
from chat.domain.figures import figure
from chat.models import Provider

from .health_page import may_view_health
from .rights import Page

Action = Callable[[Any, Provider], None]

# More names than this are not read by anybody.
NAMES = 12


class ProviderActions(Page):
    def action_view(self, action: Action) -> Any:
        """A view that carries out the action on POST and goes back to the page it was on."""

        def view(request: HttpRequest, pk: int) -> HttpResponse:
            provider = get_object_or_404(Provider, pk=pk)
            if not self.has_change_permission(request, provider):
                raise PermissionDenied
            try:
                action(request, provider)
            except CatalogueProblem as problem:
                messages.error(request, f"{provider}: {problem}")
            if request.POST.get("next") == "health" and may_view_health(request):
                return redirect("admin:provider_health")
            return redirect("admin:chat_provider_change", provider.pk)

        return self.admin_site.admin_view(require_POST(view))

    def test(self, request: Any, provider: Provider) -> None:
        result = check_provider(provider, request.user)
        seconds = gettext("({seconds} s)").format(seconds=figure(result.seconds, 1))
        tell = messages.success if result.works else messages.error
        tell(request, f"{provider}: {result.words} {seconds}")

    def load(self, request: Any, provider: Provider) -> None:
        loaded = load_models(provider)
        messages.success(request, f"{provider}: {_added(loaded)}")
        if loaded.missing:
            words = gettext("No longer in the provider's list, but kept here: {names}.")
            messages.warning(request, words.format(names=_names(loaded.missing)))


def _added(loaded: Loaded) -> str:
    count = len(loaded.added)
    if not count:
        return gettext("No new models.")
    if loaded.enabled:
        words = ngettext("Added {count} model: {names}.", "Added {count} models: {names}.", count)
    else:
        words = ngettext(
            "Added {count} new model, switched off until you enable it: {names}.",
            "Added {count} new models, switched off until you enable them: {names}.",
            count,
        )
    return words.format(count=count, names=_names(loaded.added))


def _names(names: list[str]) -> str:
    more = len(names) - NAMES
    shown = names[:NAMES]
    if more > 0:
        shown.append(ngettext("{count} more", "{count} more", more).format(count=more))
    return get_text_list(shown, gettext("and"))
