"""The ASGI application, for daphne, uvicorn and others: pages, socket, start and end."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
pages = get_asgi_application()

# These read the models, which are there only after the line above.
from chat import database  # noqa: E402
from chat.live import node  # noqa: E402
from chat.management import starting  # noqa: E402
from chat.routing import (  # noqa: E402
    POLL_PATH,
    SOCKET_PATH,
    poll_application,
    socket_application,
)

from .bodies import Limited  # noqa: E402


async def lifespan(_scope: Any, receive: Any, send: Any) -> None:
    """Servers that announce start and end (uvicorn) get the same checks and drain as daphne."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            if complaints := await database.write(starting.refusals):
                await send({"type": "lifespan.startup.failed", "message": "\n".join(complaints)})
                return
            await starting.begin()
            await send({"type": "lifespan.startup.complete"})
        else:
            await node.current().drain()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def refuse(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "websocket.close"})


async def socket(scope: Any, receive: Any, send: Any) -> None:
    """Sockets at unknown addresses are refused without a traceback."""
    known = scope["path"] == SOCKET_PATH
    await (socket_application if known else refuse)(scope, receive, send)


async def http(scope: Any, receive: Any, send: Any) -> None:
    """Polls wait long and need no middleware that would hold a thread meanwhile."""
    await (poll_application if scope["path"] == POLL_PATH else pages)(scope, receive, send)


application = ProtocolTypeRouter({"http": Limited(http), "websocket": socket, "lifespan": lifespan})
