"""The parameters of a model that was just picked."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chat.domain import access

from .contexts import conversation_id_or_none, options_for
from .http import AuthenticatedHttpRequest, signed_in


@require_GET
@signed_in
def model_options(request: AuthenticatedHttpRequest, language_model_id: int) -> HttpResponse:
    model = access.language_model_use(request.user, language_model_id)
    wanted = conversation_id_or_none(request.GET.get("conversation", ""))
    conversation = access.conversation_read(request.user, wanted) if wanted else None
    ctx = {"options": options_for(request.user, model, conversation)}
    return render(request, "chat/_options.html", ctx)


@require_GET
@signed_in
def preset_options(request: AuthenticatedHttpRequest, preset_id: int) -> HttpResponse:
    """The same for a preset that was just chosen, with its values and instructions."""
    preset = access.preset_use(request.user, preset_id)
    model = preset.language_model
    ctx = {"preset": preset, "options": options_for(request.user, model, None, preset.parameters)}
    return render(request, "chat/_preset_options.html", ctx)
