"""A browser's side of the socket, which remembers what it saw through cuts and restarts."""

import asyncio
import contextlib
import html
import json
import re
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.patience import PATIENCE
from tests.processes import Person, Site

ACKNOWLEDGE_BYTES = 32_768

Event = dict[str, Any]


class Viewer:
    """`blocks` is what stands on the page for each reply; `holes` are frames that did not fit."""

    def __init__(self, site: Site, person: Person) -> None:
        self.site = site
        self.person = person
        self.events: list[Event] = []
        self.blocks: dict[int, list[str]] = {}
        self.seqs: dict[int, int] = {}
        self.holes = 0
        self.backwards = 0
        self.bytes = 0
        self.close_code: int | None = None
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ref = 0
        self._acknowledged = 0
        self._news = asyncio.Event()

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": f"sessionid={self.person.session}"}

    # The connection

    async def connect(self) -> None:
        self._socket = await connect(
            f"ws://127.0.0.1:{self.site.port}/live/",
            additional_headers=self.headers,
            origin=self.site.origin,  # type: ignore[arg-type]
            compression=None,
            max_size=None,
            ping_interval=None,
            open_timeout=PATIENCE,
        )
        self.close_code = None
        self._acknowledged = 0
        self._reading = asyncio.create_task(self._read(self._socket))
        self._reading.add_done_callback(lambda _: self._news.set())

    async def _read(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in socket:
                assert isinstance(text, str)
                await self.take(json.loads(text), len(text))
        self.close_code = socket.close_code

    async def take(self, event: Event, size: int) -> None:
        self.bytes += size
        if event["type"] == "reply.advanced" and event["part"] == "content":
            self._show(event)
        else:
            self.events.append(event)
        self._news.set()
        if event.get("at", 0) - self._acknowledged > ACKNOWLEDGE_BYTES:
            self._acknowledged = event["at"]
            await self._write({"type": "frames.acknowledge", "bytes": event["at"]})

    def _show(self, frame: Event) -> None:
        reply, keep = frame["reply"], frame["keep"]
        blocks = self.blocks.setdefault(reply, [])
        if keep > len(blocks):
            self.holes += 1
            return
        if keep and frame["seq"] < self.seqs.get(reply, 0):
            self.backwards += 1
        blocks[keep:] = frame["blocks"]
        self.seqs[reply] = frame["seq"]

    async def cut(self) -> None:
        """The network goes away without a word."""
        assert self._socket is not None
        self._socket.transport.abort()
        await self.gone()

    async def gone(self, within: float = PATIENCE) -> int | None:
        """Waits for the end of the connection; its close code (1006: there was none)."""
        if self._reading is not None:
            async with asyncio.timeout(within):
                await asyncio.wait({self._reading})
        return self.close_code

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        await self.gone()

    @property
    def socket(self) -> ClientConnection:
        assert self._socket is not None
        return self._socket

    # Commands

    async def _write(self, message: Event) -> None:
        assert self._socket is not None
        with contextlib.suppress(ConnectionClosed):
            await self._socket.send(json.dumps(message))

    async def do(self, kind: str, seconds: float = PATIENCE, **fields: Any) -> Event:
        """Sends a command and gives the answer."""
        self._ref += 1
        ref = self._ref
        await self._write({"type": kind, "ref": ref, **fields})
        return await self.until(
            lambda event: event["type"].startswith("command.") and event["ref"] == ref, seconds
        )

    async def send(self, text: str, kind: str = "openai_compatible", **fields: Any) -> Event:
        fields.setdefault("conversation", str(uuid.uuid4()))
        fields.setdefault("key", str(uuid.uuid4()))
        model = self.site.template.models[kind]
        return await self.do("message.send", text=text, language_model=model, **fields)

    async def watch(self, conversation: str) -> dict[int, str]:
        """Opens a conversation; the state of each turn by id."""
        answer = await self.do("conversation.open", conversation=conversation)
        assert answer["type"] == "command.accepted", answer
        opened = [event for event in self.events if event["type"] == "conversation.opened"]
        return dict(opened[-1]["turns"])

    async def stop(self, sent: Event) -> Event:
        return await self.do("reply.stop", conversation=sent["conversation"], reply=sent["reply"])

    async def stop_in(self, seconds: float, sent: Event) -> Event:
        await asyncio.sleep(seconds)
        return await self.stop(sent)

    async def ping(self) -> float:
        """Seconds until the answer came."""
        loop = asyncio.get_running_loop()
        began, before = loop.time(), self._pongs()
        await self._write({"type": "ping"})
        await self._wait(lambda: self._pongs() > before, PATIENCE)
        return loop.time() - began

    def _pongs(self) -> int:
        return sum(event["type"] == "pong" for event in self.events)

    # What was seen

    async def until(self, test: Callable[[Event], bool], seconds: float = PATIENCE) -> Event:
        """The first event that passes the test, past ones included."""
        await self._wait(lambda: any(map(test, self.events)), seconds)
        return next(filter(test, self.events))

    async def _wait(self, holds: Callable[[], bool], seconds: float) -> None:
        """Raises ConnectionError when the connection is gone and it never came."""
        async with asyncio.timeout(seconds):
            while not holds():
                if self._reading is not None and self._reading.done():
                    raise ConnectionError(self.close_code)
                self._news.clear()
                await self._news.wait()

    async def sees(self, reply: int, characters: int = 1, seconds: float = PATIENCE) -> None:
        await self._wait(lambda: len(self.text(reply)) >= characters, seconds)

    async def ended(self, reply: int, seconds: float = PATIENCE) -> str:
        event = await self.until(
            lambda event: event["type"] == "reply.ended" and event["reply"] == reply, seconds
        )
        return str(event.get("state"))

    def text(self, reply: int) -> str:
        return text_of("".join(self.blocks.get(reply, [])))

    async def page(self, conversation: str) -> str:
        """The transcript as a page that is loaded now shows it."""
        async with httpx.AsyncClient(headers=self.headers, timeout=PATIENCE) as client:
            address = f"{self.site.origin}/c/{conversation}/transcript/"
            answer = await client.get(address)
            assert answer.status_code == 200, answer.text
            return answer.text


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def article(page: str, reply: int) -> str:
    """One turn of a transcript."""
    found = re.search(rf'<article [^>]*id="m{reply}".*?</article>', page, re.DOTALL)
    assert found is not None, f"reply {reply} is not on the page"
    return found.group()


def words(text: str) -> list[str]:
    """What `/demo steady` has written, whole words only."""
    return re.findall(r"w\d{6}", text)


@asynccontextmanager
async def viewers(site: Site, *people: Person) -> AsyncIterator[list[Viewer]]:
    async with AsyncExitStack() as stack:
        opened = []
        for person in people:
            viewer = Viewer(site, person)
            await viewer.connect()
            stack.push_async_callback(viewer.close)
            opened.append(viewer)
        yield opened


async def soon(holds: Callable[[], bool], within: float = PATIENCE) -> float:
    """Waits until it holds; the seconds that took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.02)
    return loop.time() - began
