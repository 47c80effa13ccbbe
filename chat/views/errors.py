"""The page for what nobody foresaw."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """With a reference that stands in the log, too. Needs no database: that may be what is away."""
    reference = secrets.token_hex(4)
    # Django calls this while it handles the exception.
    logger.exception("reference %s: %s %s", reference, request.method, request.path)  # noqa: LOG004
    return HttpResponse(render_to_string("500.html", {"reference": reference}), status=500)
