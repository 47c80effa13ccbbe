"""What every answer carries, whoever asks and however it ends."""

from django.http import HttpResponseBase

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
# Where a link to a conversation was opened is nobody's business, not even ours; only the form for
# its password has to say which site it is of.
OF_A_LINK = HEADERS | {"Referrer-Policy": "no-referrer"}
OF_ITS_PASSWORD = HEADERS | {"Referrer-Policy": "strict-origin"}
# A file that somebody uploaded, or takes along, is no page of ours.
FILES = ("/file/", "c/<uuid:conversation_id>/export/<str:form>/")
OF_A_FILE = {"default-src 'none'", "sandbox"}


def assert_armoured(answer: HttpResponseBase, where: str) -> None:
    """`where` is the route, or what else may tell the answer from others."""
    policy = {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")}
    is_file = answer.status_code == 200 and where.endswith(FILES)
    assert policy == (OF_A_FILE if is_file else POLICY), where
    expected = HEADERS
    if where.startswith("s/"):
        expected = OF_ITS_PASSWORD if answer.status_code == 200 else OF_A_LINK
    assert {name: answer.headers.get(name) for name in HEADERS} == expected, where
    assert "Cookie" in answer.headers["Vary"], where
    assert "Server" not in answer.headers
