"""The two servers under measurement, started as real processes."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
SETUP = """
import json, os, sys
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from chat import providers
from chat.models import ApiKey, LanguageModel, Provider, User
provider = Provider.objects.create(
    name="Bench", kind="openai_compatible", base_url=os.environ["BENCH_BASE"])
key = ApiKey(provider=provider)
key.seal(providers.Secret("bench-key-0123"))
key.save()
model = LanguageModel.objects.create(provider=provider, model_name="m")
people = []
for number in range(int(os.environ["BENCH_PEOPLE"])):
    user = User.objects.create(email=f"p{number}@example.org", password="!")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    people.append(session.session_key)
open(os.environ["BENCH_OUT"], "w").write(json.dumps({"model": model.id, "sessions": people}))
"""


@contextmanager
def process(*command: str, **environment: str) -> Iterator[psutil.Process]:
    """A child that is ended with the block."""
    env = {**os.environ, **environment}
    with (Path(tempfile.mkdtemp()) / "log").open("w") as log:
        child = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield psutil.Process(child.pid)
        finally:
            child.terminate()
            child.wait(15)


def wait_for_port(port: int, seconds: float = 20) -> float:
    """Seconds until the port answered."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if any(c.laddr.port == port for c in psutil.net_connections("tcp") if c.status == "LISTEN"):
            return time.monotonic() - started
        time.sleep(0.02)
    message = f"nothing listens on port {port}"
    raise TimeoutError(message)


@contextmanager
def chatsite(port: int, provider_port: int, people: int) -> Iterator[tuple[psutil.Process, Path]]:
    """The server and the file with its sessions and model."""
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory) / "people.json"
        environment = {
            "CHATSITE_DATA_DIR": directory,
            "CHATSITE_DEMO": "0",
            "PORT": str(port),
            "PRIVATE_PROVIDERS": f"127.0.0.1:{provider_port}",
            "BENCH_PEOPLE": str(people),
            "BENCH_BASE": f"http://127.0.0.1:{provider_port}/v1",
            "BENCH_OUT": str(out),
            "DJANGO_SETTINGS_MODULE": "chatsite.settings",
            "MAX_SENDS_PER_MINUTE": "1000",
            "CHATSITE_ADMIN_EMAIL": "admin@example.org",
            "CHATSITE_ADMIN_PASSWORD": "a-long-pass-1",
        }
        for arguments in (["prepare"], ["shell", "-v0", "-c", SETUP]):
            subprocess.run(
                [sys.executable, "manage.py", *arguments],
                cwd=ROOT,
                check=True,
                env={**os.environ, **environment},
                stdout=subprocess.DEVNULL,
            )
        with process("manage.py", "serve", **environment) as server:
            wait_for_port(port)
            yield server, out


@contextmanager
def bare(port: int, provider_port: int) -> Iterator[psutil.Process]:
    address = f"http://127.0.0.1:{provider_port}/v1/chat/completions"
    with process(
        "-m",
        "daphne",
        "-p",
        str(port),
        "-v0",
        "tests.bench.bare:application",
        BENCH_PROVIDER=address,
    ) as server:
        wait_for_port(port)
        yield server
