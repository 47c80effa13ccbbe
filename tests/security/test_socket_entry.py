"""Who may open a socket: only a signed-in, active person from exactly our own pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from chat.live.node import Node
from chat.live.viewer import TOO_MANY
from chat.models import User
from tests.security.sockets import Headers, headers, inside, knocking, play, session_for

pytestmark = pytest.mark.django_db(transaction=True)

OURS = settings.PUBLIC_URLS[0]
HOST = OURS.removeprefix("http://")
FOREIGN = [
    "https://evil.example",
    f"https://{HOST}",
    "http://127.0.0.1",
    "http://127.0.0.1:8001",
    "http://127.0.0.1:80",
    "http://127.0.0.2:8000",
    f"{OURS}/",
    f"{OURS}/live/",
    f"{OURS}?",
    f"{OURS}#",
    f"{OURS}.",
    f"{OURS}0",
    f"{OURS}.evil.example",
    f"{OURS}@evil.example",
    f"http://evil.example@{HOST}",
    f"http://evil.example#{HOST}",
    f"http://evil.example\\@{HOST}",
    "http://127.0.0.1.:8000",
    "http://127.1:8000",
    "http://2130706433:8000",
    "http://[::ffff:127.0.0.1]:8000",
    "http://[::1:8000",
    "http://localhost.:8000",
    "HTTP://127.0.0.1:8000",
    f" {OURS}",
    f"{OURS} ",
    f"{OURS}\t",
    f"{OURS}, {OURS}",
    f"{OURS} {OURS}",
    f"{OURS}\x00",
    "null",
    "file://",
    "about:blank",
    "chrome-extension://abcdefghijklmnop",
    "ws://127.0.0.1:8000",
    "127.0.0.1:8000",
    "*",
    "",
    "http://",
    "http://127.0.0.1:99999",
    "http://127.0.0.1:8000" + "0" * 10_000,
    "x" * 10_000,
    "http://löcalhost:8000",
]


def refused(given: Headers) -> None:
    async def scene(node: Node) -> None:
        async with knocking(given) as socket:
            assert not await socket.knock()
        assert node.hub.everyone == set()

    play(scene)


def test_a_foreign_origin_is_refused_for_a_signed_in_person(
    alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        for origin in FOREIGN:
            async with knocking(headers(session, origin)) as socket:
                assert not await socket.knock(), origin
        assert node.hub.everyone == set()

    play(scene)
    assert [record for record in caplog.records if record.levelname != "INFO"] == []


def test_no_origin_and_two_origins_are_refused(alice: User) -> None:
    cookie = (b"cookie", f"sessionid={session_for(alice)}".encode())
    ours, theirs = (b"origin", OURS.encode()), (b"origin", b"https://evil.example")
    for given in ([cookie], [cookie, ours, ours], [cookie, ours, theirs], [cookie, theirs, ours]):
        refused(given)
    refused([cookie, (b"sec-websocket-origin", OURS.encode())])
    refused([cookie, (b"origin", b"\xff\xfe")])


def test_hosts_that_are_all_allowed_do_not_open_the_socket(alice: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.DEBUG = True
    refused(headers(session_for(alice), "https://evil.example"))


def test_nobody_comes_in_without_a_session(db: Any) -> None:
    for session in ("", "x", "a" * 32, "a" * 5000, "\x00" * 32, "../../etc/passwd"):
        refused(headers(session))


def test_an_expired_session_does_not_come_in(alice: User) -> None:
    session = session_for(alice)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    refused(headers(session))


def test_a_deactivated_person_does_not_come_in(alice: User) -> None:
    session = session_for(alice)
    User.objects.update(is_active=False)
    refused(headers(session))


def test_the_key_in_an_address_opens_nothing(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        for query in (f"?sessionid={session}", f"?session_key={session}", f"?token={session}"):
            async with knocking(headers(), f"/live/{query}") as socket:
                assert not await socket.knock()

    play(scene)


def test_a_session_of_another_cookie_name_opens_nothing(alice: User) -> None:
    session = session_for(alice).encode()
    ours = (b"origin", OURS.encode())
    for name in (b"__Host-sessionid", b"SESSIONID", b"csrftoken", b"sessionid2"):
        refused([ours, (b"cookie", name + b"=" + session)])


def test_one_person_has_at_most_twenty_sockets_and_others_are_not_in_the_way(
    alice: User, bob: User
) -> None:
    hers, his = session_for(alice), session_for(bob)

    async def scene(node: Node) -> None:
        opened = []
        for _ in range(settings.MAX_SOCKETS_PER_USER):
            socket = inside(hers)
            opened.append((socket, await socket.__aenter__()))
        async with knocking(headers(hers)) as one_more:
            assert await one_more.knock()
            assert await one_more.ends() == TOO_MANY
        async with inside(his):
            assert len(node.hub.everyone) == settings.MAX_SOCKETS_PER_USER + 1
        await opened[0][0].__aexit__(None, None, None)
        async with inside(hers):
            pass
        for socket, _open in opened[1:]:
            await socket.__aexit__(None, None, None)

    play(scene)


def test_five_hundred_strangers_cost_nothing(db: Any) -> None:
    async def scene(node: Node) -> None:
        for _ in range(500):
            async with knocking(headers("a" * 32)) as socket:
                assert not await socket.knock()
        assert node.hub.everyone == set()

    play(scene)
