"""Run one completion against a provider and print what it became, without a database."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from contextlib import aclosing
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.providers import (
    KINDS,
    Adapter,
    BadEndpoint,
    Client,
    Completed,
    Endpoint,
    Event,
    InvalidParameter,
    InvalidSecret,
    JSONValue,
    Prompt,
    PromptMessage,
    Secret,
    adapter_for,
    check_base_url,
    complete,
)

# Local servers often want no key, but the header has to hold something.
_NO_KEY = "no-key-given"


class Command(BaseCommand):
    help = "Prints one JSON object per event; exit status 0 only if the answer is complete."
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # A wrong argument is answered with one sentence, not with a page of usage.
        return super().create_parser(prog_name, subcommand, usage=argparse.SUPPRESS, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", required=True, choices=[kind for kind, _ in KINDS])
        parser.add_argument("--base-url", required=True)
        parser.add_argument("--model", required=True)
        parser.add_argument("--key-env", help="Name of the environment variable with the key.")
        parser.add_argument("--path", default="", help="Of completions; empty: as documented.")
        parser.add_argument("--key-header", default="", help="Empty: as documented.")
        parser.add_argument("--prompt", default="Say hello in one short sentence.")
        parser.add_argument("--no-stream", action="store_true")
        parser.add_argument("--param", action="append", default=[], metavar="NAME=JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        adapter = adapter_for(options["kind"])
        endpoint = Endpoint(
            kind=adapter.kind,
            base_url=_base_url(options["base_url"]),
            api_key=_key(options["key_env"]),
            completions_path=options["path"],
            auth_header=options["key_header"],
            proxy=settings.PROVIDER_PROXY,
            allow_private=True,  # whoever runs this command may reach them anyway
        )
        prompt = Prompt(
            options["model"],
            (PromptMessage("user", options["prompt"]),),
            dict(_parameter(adapter, text) for text in options["param"]),
            stream=not options["no_stream"],
        )
        if not asyncio.run(self._print_events(endpoint, prompt)):
            sys.exit(1)

    async def _print_events(self, endpoint: Endpoint, prompt: Prompt) -> bool:
        completed = False
        async with Client() as client, aclosing(complete(client, endpoint, prompt)) as events:
            async for event in events:
                self.stdout.write(_line(event))
                self.stdout.flush()
                completed = isinstance(event, Completed)
        return completed


def _line(event: Event) -> str:
    return json.dumps({"event": type(event).__name__, **asdict(event)}, default=sorted)


def _base_url(text: str) -> str:
    try:
        check_base_url(text)
    except BadEndpoint as exc:
        raise CommandError(str(exc), returncode=2) from None
    return text


def _key(variable: str | None) -> Secret:
    if variable is None:
        return Secret(_NO_KEY)
    value = os.environ.get(variable)
    if value is None:
        raise CommandError(f"The environment variable {variable} is not set.", returncode=2)
    try:
        return Secret(value)
    except InvalidSecret as exc:
        raise CommandError(str(exc), returncode=2) from None


def _parameter(adapter: Adapter, text: str) -> tuple[str, JSONValue]:
    name, _, written = text.partition("=")
    declared = next((each for each in adapter.parameters if each.name == name), None)
    if declared is None:
        raise CommandError(f"{adapter.label} has no parameter “{name}”.", returncode=2)
    try:
        return name, declared.clean(json.loads(written))
    except InvalidParameter as exc:
        raise CommandError(str(exc), returncode=2) from None
    except (ValueError, RecursionError):
        raise CommandError(f"The value of “{name}” is not JSON.", returncode=2) from None
