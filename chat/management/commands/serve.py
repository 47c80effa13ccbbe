"""Serves Chatsite with daphne: checks first, then the demonstration provider, then the door."""

import logging
import os
import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from chat.live import node
from chat.management import starting
from chat.management.serving import ChatServer

logger = logging.getLogger(__name__)

# sysexits.h: the configuration is wrong.
EX_CONFIG = 78

ONE_ADDRESS = (
    "If a reverse proxy stands in front, set BEHIND_PROXY=1: everybody seems to come from one "
    "address now, and the wrong passwords of one lock out all."
)


class Command(BaseCommand):
    help = "Serves the pages and sockets. The address is HOST and PORT from the environment."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--prepare", action="store_true", help="runs “prepare” first")

    def handle(self, *, prepare: bool, **_options: Any) -> None:
        if prepare:
            call_command("prepare")
        if complaints := starting.refusals():
            for sentence in complaints:
                self.stderr.write(sentence)
            sys.exit(EX_CONFIG)
        if settings.HTTPS and not settings.BEHIND_PROXY:
            # This server knows no encryption: something in front of it does.
            logger.warning("PUBLIC_URL begins with https. %s", ONE_ADDRESS)
        signal.signal(signal.SIGHUP, _hang_up)
        server = _server(import_string(settings.ASGI_APPLICATION))
        server.run()
        if server.problem:
            raise CommandError(f"{server.problem} Set HOST or PORT.", returncode=EX_CONFIG)


def _server(application: Any) -> ChatServer:
    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    return ChatServer(
        application,
        before=starting.begin,
        drain=_drain,
        endpoints=[f"tcp:port={settings.PORT}:interface={host.replace(':', chr(92) + ':')}"],
        ping_interval=5,
        ping_timeout=10,
        websocket_max_message_size=262_144,
        websocket_max_frame_size=262_144,
        application_close_timeout=5,
        http_timeout=120,
        server_name="chatsite",
        verbosity=0,
        ready_callable=_ready,
        **_proxy_headers(),
    )


def _proxy_headers() -> dict[str, str]:
    if not settings.BEHIND_PROXY:
        return {}
    return {
        "proxy_forwarded_address_header": "X-Forwarded-For",
        "proxy_forwarded_proto_header": "X-Forwarded-Proto",
    }


def _hang_up(*_: object) -> None:
    """A closed terminal ends the server as SIGTERM does."""
    os.kill(os.getpid(), signal.SIGTERM)


async def _drain() -> None:
    await node.current().drain()


def _ready() -> None:
    sys.stdout.write(f"Chatsite is at {settings.PUBLIC_URLS[0]}  (Ctrl-C ends it)\n")
    sys.stdout.flush()
