"""The command as an administrator runs it: real process, real socket, no database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line

from tests.wire import Reply, WireServer, json_reply, sse, text_chunk

KEY = "sk-test-0123456789"
BAD_KEY = "sk-secret\nX: 1"
ROOT = Path(__file__).parent.parent.parent
USAGE = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
NUMBERS = {
    "prompt": 3,
    "completion": 1,
    "total": 4,
    "cached": None,
    "reasoning": None,
    "source": "provider",
    "mismatch": False,
    "interim": False,
}


@pytest.fixture
def server() -> Iterator[WireServer]:
    pieces = sse(text_chunk("Grüezi"), {**text_chunk("", "stop"), "usage": USAGE}, "[DONE]")
    with WireServer(Reply(pieces)) as running:
        yield running


def check(
    url: str, *more: str, kind: str = "openai_compatible"
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "provider_check", "--model", "m"]
    environment = {
        **os.environ,
        "CHECK_KEY": KEY,
        # A database that cannot be reached: the command must not want one.
        "DATABASE_URL": "sqlite:////nonexistent/db.sqlite3",
        "DJANGO_SETTINGS_MODULE": "chatsite.settings",
    }
    return subprocess.run(
        [*command, "--kind", kind, "--base-url", url, *more],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def events_of(result: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_it_prints_an_event_per_line_and_succeeds(server: WireServer) -> None:
    result = check(server.url, "--key-env", "CHECK_KEY", "--prompt", "Hoi", "--param", "n=1")
    assert events_of(result) == [
        {
            "event": "StreamStarted",
            "streamed": True,
            "response_id": None,
            "model": None,
            "request_id": None,
            "system_fingerprint": None,
        },
        {"event": "TextDelta", "choice": 0, "text": "Grüezi"},
        {"event": "UsageReported", "usage": NUMBERS, "final": True},
        {"event": "ChoiceFinished", "choice": 0, "reason": "stop", "raw_reason": "stop"},
        {"event": "Completed", "how": "done", "usage": NUMBERS, "warnings": []},
    ]
    assert (result.returncode, result.stderr) == (0, "")
    request = server.requests[0]
    assert request.header("Authorization") == f"Bearer {KEY}"
    assert request.json["messages"] == [{"role": "user", "content": "Hoi"}]
    assert request.json["n"] == 1


def test_it_fails_when_the_provider_does(server: WireServer) -> None:
    server.play(json_reply({"error": f"Unauthenticated {KEY}"}, 401))
    elsewhere = ("--path", "/v2/ai?v=1", "--key-header", "X-Key", "--no-stream")
    result = check(server.url, "--key-env", "CHECK_KEY", *elsewhere, kind="peakprivacy")
    (event,) = events_of(result)
    assert (event["event"], event["category"]) == ("ProviderError", "auth")
    assert event["detail"] == "Unauthenticated •••"
    assert result.returncode == 1
    assert KEY not in result.stdout + result.stderr
    (request,) = server.requests
    assert (request.path, request.header("X-Key")) == ("/v2/ai?v=1", KEY)


@pytest.mark.parametrize("arguments", [["--nonsense"], ["--key-env", "BAD_KEY"]])
def test_a_wrong_argument_is_answered_with_one_sentence(
    server: WireServer,
    arguments: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BAD_KEY", BAD_KEY)
    words = ["--kind", "openai_compatible", "--base-url", server.url, "--model", "m"]
    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["manage.py", "provider_check", *words, *arguments])
    said = capsys.readouterr()
    assert (ended.value.code, said.out, server.requests) == (2, "", [])
    assert len(said.err.splitlines()) == 1
    assert "sk-secret" not in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--key-env", "NOT_SET_ANYWHERE"],
        ["--param", "temperature"],
        ["--param", "temperature=hot"],
        ["--param", 'temperature="hot"'],
        ["--param", "nonsense=1"],
        ["--base-url", "nonsense"],
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: list[str]) -> None:
    given = ["--kind", "grayswan", "--base-url", "http://127.0.0.1:1", "--model", "m"]
    with pytest.raises(CommandError) as caught:
        call_command("provider_check", *given, *arguments)
    assert caught.value.returncode == 2


def test_metadata_addresses_stay_refused() -> None:
    result = check("http://169.254.169.254")
    (event,) = events_of(result)
    assert (event["category"], result.returncode) == ("misconfigured", 1)
