"""`manage.py demo_provider`: the demonstration provider alone, on a port of its own."""

import asyncio
import signal
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.demo import start


class Command(BaseCommand):
    help = "Runs the demonstration provider alone until it is interrupted. Needs no database."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=_port, required=True, help="0 takes any free port")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument(
            "--pace",
            type=_pace,
            default=1.0,
            help="multiplies every wait: 1 is human, 2 half as fast, 0 as fast as possible",
        )

    def handle(self, *, host: str, port: int, pace: float, **_options: Any) -> None:
        asyncio.run(self._serve(host, port, pace))

    async def _serve(self, host: str, port: int, pace: float) -> None:
        interrupted = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, interrupted.set)
        try:
            server = await start(host, port, pace=pace)
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
        self.stdout.write(f"The demonstration provider listens on http://{host}:{server.port}")
        for dialect, url in server.base_urls.items():
            self.stdout.write(f"  {dialect:<18} {url}")
        self.stdout.write("Its key is demo-key. End it with Ctrl+C.")
        self.stdout.flush()
        await interrupted.wait()
        await server.close()


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise ArgumentTypeError(f"{text!r} is not a port between 0 and 65535")
    return int(text)


def _pace(text: str) -> float:
    try:
        pace = float(text)
    except ValueError:
        pace = -1.0
    if not 0 <= pace <= 1000:
        raise ArgumentTypeError(f"{text!r} is not a number between 0 and 1000")
    return pace
