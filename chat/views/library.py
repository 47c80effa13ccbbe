"""The prompt library: its page, the list beside the message box, filling in variables."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chat.domain import access, library
from chat.forms.library import FillForm, PromptForm
from chat.models import PromptTemplate

from .dialogs import dialog
from .http import AuthenticatedHttpRequest, signed_in


@require_GET
@signed_in
def prompts(request: AuthenticatedHttpRequest) -> HttpResponse:
    query = request.GET.get("q", "")
    ctx = {"prompts": library.prompts_for(request.user, query), "query": query}
    return render(request, "chat/prompts.html", ctx)


@require_http_methods(["GET", "POST"])
@signed_in
def new_prompt(request: AuthenticatedHttpRequest) -> HttpResponse:
    return _edit(request, PromptTemplate())


@require_http_methods(["GET", "POST"])
@signed_in
def edit_prompt(request: AuthenticatedHttpRequest, prompt_id: int) -> HttpResponse:
    return _edit(request, access.prompt_own(request.user, prompt_id))


def _edit(request: AuthenticatedHttpRequest, prompt: PromptTemplate) -> HttpResponse:
    form = PromptForm(request.user, request.POST or None, instance=prompt)
    if request.method == "POST" and form.is_valid():
        library.save_prompt(request.user, prompt, form.cleaned_data.get("groups", ()))
        messages.success(request, _("The prompt is saved."))
        return redirect("prompts")
    return render(request, "chat/prompt.html", {"form": form, "prompt": prompt})


@require_http_methods(["GET", "POST"])
@signed_in
def delete_prompt(request: AuthenticatedHttpRequest, prompt_id: int) -> HttpResponse:
    prompt = access.prompt_own(request.user, prompt_id)
    if request.method == "POST":
        prompt.delete()
        messages.success(request, _("The prompt is deleted."))
        return redirect("prompts")
    return render(request, "chat/delete_prompt.html", {"prompt": prompt})


@require_GET
@signed_in
def prompt_choices(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The list beside the message box; it is searched where it is shown."""
    choices = [
        (prompt, len(library.variables(prompt.text)))
        for prompt in library.prompts_for(request.user)
    ]
    return render(request, "chat/_prompt_picker.html", {"choices": choices})


@require_http_methods(["GET", "POST"])
@signed_in
def use_prompt(request: AuthenticatedHttpRequest, prompt_id: int) -> HttpResponse:
    """GET: a form for the variables. POST: {"text", "unfilled"}; nothing is sent anywhere."""
    prompt = access.prompt_read(request.user, prompt_id)
    names = library.variables(prompt.text)
    form = FillForm(names, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        filled = library.fill(prompt.text, form.values())
        return JsonResponse({"text": filled.text, "unfilled": filled.unfilled})
    return dialog(request, "use_prompt", {"prompt": prompt, "form": form})
