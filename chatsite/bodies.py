"""Refuses bodies that are too large, for servers that pass them on while they arrive.

daphne keeps a whole body before anybody is asked: there, chat.management.serving stands in its way.
"""

from typing import Any

from chat.domain import tickets

REFUSAL = {
    "type": "http.response.start",
    "status": 413,
    "headers": [(b"content-length", b"0"), (b"connection", b"close")],
}


class Limited:
    """An ASGI application for HTTP with a limit on what a request may send."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = _Body(scope, receive, send)
        if body.left < 0:
            await body.refuse()
        else:
            await self._application(scope, body.receive, body.send)


class _Body:
    """`left`: how many bytes may still come."""

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        self._receive, self._send = receive, send
        self._refused = self._answered = False
        headers = {name.lower(): value for name, value in scope["headers"]}
        query = scope["query_string"].decode("latin-1")
        path = f"{scope['path']}?{query}" if query else scope["path"]
        ticket = headers.get(tickets.HEADER.lower().encode(), b"")
        self.left = tickets.most_bytes(path, ticket.decode("latin-1"))
        announced = headers.get(b"content-length", b"")
        # What is no number is the server's business; what comes is counted in any case.
        if announced.isdigit() and int(announced[:20]) > self.left:
            self.left = -1

    async def receive(self) -> Any:
        message = await self._receive()
        self.left -= len(message.get("body", b""))
        if self.left >= 0:
            return message
        await self.refuse()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self._answered = True
        if not self._refused:
            await self._send(message)

    async def refuse(self) -> None:
        """Unless there is an answer already: then what comes is just not read."""
        if not self._answered:
            self._refused = self._answered = True
            await self._send(REFUSAL)
            await self._send({"type": "http.response.body"})
