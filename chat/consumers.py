"""The live doors: a socket, and plain requests where no socket gets through."""

import contextlib
import json
from typing import Any
from urllib.parse import urlsplit

from channels.exceptions import StopConsumer
from channels.generic.http import AsyncHttpConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import parse_cookie
from django.utils.translation import get_supported_language_variant

from chat import database
from chat.domain import rights
from chat.live import node
from chat.live.intake import Intake
from chat.live.node import Node
from chat.live.polling import Poll
from chat.live.viewer import RESTART, TOO_MANY, Viewer, Who
from chat.protocol import MAX_COMMAND_BYTES

MOST_COMMANDS = 50
# What the middleware gives to pages.
HEADERS = [
    (b"Content-Type", b"application/json"),
    (b"Cache-Control", b"no-store"),
    (b"Vary", b"Cookie"),
    (b"X-Content-Type-Options", b"nosniff"),
    (b"Content-Security-Policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"Cross-Origin-Resource-Policy", b"same-origin"),
]


class LiveConsumer(AsyncWebsocketConsumer):
    """Who may come in, and the way of messages to the intake and back."""

    intake: Intake | None = None
    groups: list[str] = []

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Channels' own dispatch hops to a database thread for every message; none is needed."""
        match message["type"]:
            case "websocket.connect":
                await self.connect()
            case "websocket.receive":
                await self.receive(message.get("text"), message.get("bytes"))
            case "websocket.disconnect":
                await self.disconnect(message.get("code", 1006))
                raise StopConsumer

    async def connect(self) -> None:
        who = await who_asks(self.scope)
        if who is None:
            # Closing before accepting answers the handshake with 403.
            await self.close()
            return
        here = node.current()
        await self.accept()
        if code := reason_to_close(here, who):
            await self.close(code)
            return
        self.intake = Intake(here, Viewer(who, self._send, self._close))
        self.intake.start()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.intake is not None:
            self.intake.take(text_data if text_data is not None else "")

    async def _send(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text, "bytes": None})

    async def _close(self, code: int) -> None:
        with contextlib.suppress(Exception):
            await self.base_send({"type": "websocket.close", "code": code, "reason": None})

    async def disconnect(self, code: int) -> None:
        if self.intake is not None:
            await self.intake.stop()


class PollConsumer(AsyncHttpConsumer):
    """POST {"session": id or null, "commands": [text, …], "wait": true} answers {"session",
    "messages"}; with `wait`, it answers when there is something, or after a while.

    `closed` in the answer is a close code of the socket. A page of another origin cannot ask:
    the Origin is compared to the letter, as for the socket.
    """

    body_size = 0

    async def dispatch(self, message: Any) -> None:
        self.body_size += len(message.get("body", b""))
        if self.body_size > MAX_COMMAND_BYTES * 2:
            await self._answer(413, {"closed": TOO_MANY})
            raise StopConsumer
        if message["type"] == "http.request":
            await self.http_request(message)
        else:
            raise StopConsumer

    async def handle(self, body: bytes) -> None:
        who = await who_asks(self.scope) if self.scope["method"] == "POST" else None
        if who is None:
            await self._answer(403, {})
            return
        asked = _asked(body)
        if asked is None:
            await self._answer(400, {})
            return
        session, texts, wait = asked
        here = node.current()
        poll = here.polls.get(session) if session else self._opened(here, who)
        if poll is None or poll.viewer.who.user_id != who.user_id:
            await self._answer(200, {"closed": reason_to_close(here, who) or RESTART})
            return
        messages = await poll.exchange(texts, wait=wait)
        closed = {"closed": poll.closed} if poll.closed is not None else {}
        await self._answer(200, {"session": poll.id, "messages": messages, **closed})

    def _opened(self, here: Node, who: Who) -> Poll | None:
        if reason_to_close(here, who):
            return None
        poll = Poll(here, who)
        poll.start()
        return poll

    async def _answer(self, status: int, payload: dict[str, Any]) -> None:
        await self.send_response(status, json.dumps(payload).encode(), headers=HEADERS)


def _asked(body: bytes) -> tuple[str, list[str], bool] | None:
    """(session or "", commands, wait), or None for anything else."""
    try:
        asked = json.loads(body)
        session, texts, wait = asked["session"] or "", asked["commands"], asked["wait"] is True
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    plain = isinstance(session, str) and isinstance(texts, list) and len(texts) <= MOST_COMMANDS
    if not plain or not all(isinstance(text, str) for text in texts):
        return None
    return session, texts, wait


def reason_to_close(here: Node, who: Who) -> int | None:
    if here.draining:
        return RESTART
    mine = here.hub.where(lambda viewer: viewer.who.user_id == who.user_id)
    return TOO_MANY if len(mine) >= settings.MAX_SOCKETS_PER_USER else None


async def who_asks(scope: Any) -> Who | None:
    """The signed-in person, if the request comes from a page of ours."""
    if not origin_is_ours(scope):
        return None
    key = cookies(scope).get(settings.SESSION_COOKIE_NAME, "")
    user = await database.read(rights.user_of_session, key)
    if user is None:
        return None
    return Who(user.id, key, rights.fingerprint(user), language_of(scope), str(user))


def origin_is_ours(scope: Any) -> bool:
    """Exactly one Origin header, equal to one of PUBLIC_URLS in scheme, host and port."""
    origins = [value for name, value in scope["headers"] if name == b"origin"]
    if len(origins) != 1 or len(origins[0]) > 300:
        return False
    try:
        text = origins[0].decode("ascii")
        parts = urlsplit(text)
    except (UnicodeDecodeError, ValueError):
        return False
    return text == f"{parts.scheme}://{parts.netloc}" and text in settings.PUBLIC_URLS


def cookies(scope: Any) -> dict[str, str]:
    """The cookies of the handshake, read as for a page: both must know the same person."""
    headers = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    return parse_cookie("; ".join(headers))


def language_of(scope: Any) -> str:
    chosen = cookies(scope).get(settings.LANGUAGE_COOKIE_NAME, "")
    try:
        return get_supported_language_variant(chosen)
    except LookupError:
        return settings.LANGUAGE_CODE
