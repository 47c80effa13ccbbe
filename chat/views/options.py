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
