"""For load balancers and watchdogs."""

from django.http import HttpRequest, HttpResponse

from chat.live import node


def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def readyz(_request: HttpRequest) -> HttpResponse:
    """503 while the node takes no new work, so that nobody new is sent here."""
    if node.is_draining():
        return HttpResponse("draining\n", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
