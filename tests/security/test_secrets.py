"""One key on its way through everything: afterwards it is found nowhere."""

import asyncio
import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.viewer import viewers
from tests.prepared import ROOT, environment
from tests.processes import Server, Site, Template
from tests.security.mirror import SAID, mirror

pytestmark = pytest.mark.processes

CANARY = "sk-CANARY-a1b2c3d4e5f6-0123456789"
PASSWORD = "for-tests-only"
# What cannot be a key is refused, and must not be repeated.
BROKEN = [
    f"{CANARY}\r\nX-Injected: 1",
    f"{CANARY}\n{CANARY}",
    f"{CANARY}\x00",
    f"{CANARY} and more",
    f"{CANARY}é…",
    CANARY * 40,
]


class Administrator:
    """A browser of the first administrator that keeps everything it was shown."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.client = httpx.Client(base_url=site.origin, timeout=30)
        self.shown: list[str] = []

    def get(self, path: str) -> str:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        return self._keep(answer)

    def post(self, path: str, **form: str) -> httpx.Response:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get_form(path))
        assert token is not None
        form["csrfmiddlewaretoken"] = token.group(1)
        answer = self.client.post(path, data=form, headers={"Origin": self.site.origin})
        self._keep(answer)
        return answer

    def get_form(self, path: str) -> str:
        with_form = re.sub(r"(test|models)/$", "change/", path)
        return self.get(with_form)

    def _keep(self, answer: httpx.Response) -> str:
        self.shown.append(f"{answer.status_code} {answer.headers} {answer.text}")
        return answer.text


@pytest.fixture(scope="module")
def site(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("secrets") / "site", template)


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Server]:
    with mirror(site.template.demo_port):
        started = site.launch(LOG_LEVEL="DEBUG", DEBUG="0")
        asyncio.run(started.ready())
        yield started
        started.remove()


@pytest.fixture(scope="module")
def administrator(site: Site, server: Server) -> Administrator:
    """Signed in, with the canary stored as the key of one provider."""
    person = Administrator(site)
    person.post("/accounts/login/", login="admin@localhost", password=PASSWORD)
    fields = "id, name, base_url"
    query = f"SELECT {fields} FROM chat_provider WHERE kind = 'openai_compatible'"
    [(number, name, base_url)] = site.rows(query)
    form = {
        "name": name,
        "kind": "openai_compatible",
        "base_url": base_url,
        "enabled": "on",
        "anonymize_policy": "default",
        "moderate_policy": "off",
    }
    change = f"/admin/chat/provider/{number}/change/"
    for broken in BROKEN:
        refused = person.post(change, **form, api_key=broken)
        assert refused.status_code == 200
        assert "errorlist" in refused.text
    assert person.post(change, **form, api_key=CANARY).status_code == 302
    for action in ("test", "models"):
        assert person.post(change.replace("change", action)).status_code == 302
        person.get(change)
    for path in (
        "/admin/",
        f"/admin/chat/provider/{number}/history/",
        "/admin/chat/provider/",
        "/admin/chat/apikey/",
        "/admin/chat/usagerecord/",
        "/admin/usage/",
        "/admin/usage/export/csv/",
        "/admin/usage/report/",
        "/usage/",
    ):
        person.get(path)
    return person


@pytest.fixture(scope="module")
def conversations(site: Site, administrator: Administrator) -> list[str]:
    """What a person sees when the provider fails in every way there is."""

    async def ask() -> list[str]:
        shown = []
        async with viewers(site, site.people[0]) as (eyes,):
            for question in SAID:
                sent = await eyes.send(question)
                assert sent["type"] == "command.accepted", sent
                assert await eyes.ended(sent["reply"], 30) == "failed", question
                shown.append(await eyes.page(sent["conversation"]))
            return [*shown, str(eyes.events), str(eyes.blocks)]

    return asyncio.run(ask())


MANAGE = """
import contextlib, json, sys
from django.core.management import execute_from_command_line
for words in json.loads(sys.argv[1]):
    with contextlib.suppress(SystemExit):
        execute_from_command_line(["manage.py", *words])
"""


def printed_by(site: Site, *commands: list[str], **variables: str) -> str:
    """What management commands print, one after the other in a process of their own."""
    given = environment(CHATSITE_DATA_DIR=site.directory, CHATSITE_DEMO=0, **variables)
    given |= {"DJANGO_SETTINGS_MODULE": "chatsite.settings"}
    command = [sys.executable, "-c", MANAGE, json.dumps(commands)]
    done = subprocess.run(
        command, cwd=ROOT, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True
    )
    return done.stdout.decode()


def assert_unseen(text: str | bytes, where: object) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    for form in (CANARY.encode(), base64.b64encode(CANARY.encode()).rstrip(b"=")[:-2]):
        assert form not in data, where
    assert CANARY[:16].encode() not in data, where


def test_the_provider_did_get_the_key(conversations: list[str], site: Site) -> None:
    """Everything else here would hold for a key that nobody uses, too."""
    states = site.rows("SELECT DISTINCT error_category FROM chat_completion")
    assert ("auth",) in states
    assert site.rows("SELECT count(*) FROM chat_apikey WHERE last_used_at IS NOT NULL") != [(0,)]


def test_no_page_shows_the_key(administrator: Administrator, conversations: list[str]) -> None:
    for text in [*administrator.shown, *conversations]:
        assert_unseen(text, text[:200])
    assert f"ends in …{CANARY[-4:]}" in "".join(administrator.shown)


def test_no_file_holds_the_key(site: Site, conversations: list[str]) -> None:
    """The database with its journal, the log at its most talkative, and all else."""
    files = [path for path in site.directory.rglob("*") if path.is_file()]
    assert {"db.sqlite3", "log"} <= {path.name for path in files}
    for path in files:
        assert_unseen(path.read_bytes(), path)


def test_no_command_prints_the_key(site: Site, conversations: list[str]) -> None:
    printed = printed_by(site, ["dumpdata"], ["keys", "check"], ["check"])
    assert "Traceback" not in printed
    for sign in ('"model": "chat.apikey"', "no issues"):
        assert sign in printed
    assert_unseen(printed, "commands")
    address = f"http://127.0.0.1:{site.template.demo_port}/v1"
    words = ["provider_check", "--kind", "openai_compatible", "--base-url", address]
    words += ["--model", "house-1", "--key-env", "CANARY_KEY", "--prompt"]
    questions = ("plain 401", "html 500", "error in the stream")
    printed = printed_by(site, *([*words, one] for one in questions), CANARY_KEY=CANARY)
    assert printed.count('"ProviderError"') == len(questions)
    assert_unseen(printed, "provider_check")


def test_the_process_shows_no_secret_to_other_processes(
    server: Server, conversations: list[str]
) -> None:
    for name in ("cmdline", "environ"):
        assert_unseen((Path("/proc") / str(server.process.pid) / name).read_bytes(), name)


def test_the_log_holds_no_session_token_password_or_hash(
    site: Site, administrator: Administrator, conversations: list[str]
) -> None:
    log = site.log
    secrets = [administrator.client.cookies["sessionid"], administrator.client.cookies["csrftoken"]]
    secrets += [person.session for person in site.people]
    secrets += [row for (row,) in site.rows("SELECT password FROM chat_user")]
    secrets += [PASSWORD, (site.directory / "secret_key").read_text().strip()]
    secrets += (site.directory / "encryption_keys").read_text().split()
    for secret in secrets:
        assert secret
        assert secret not in log


def test_secrets_are_their_owners_files(site: Site, server: Server) -> None:
    for name in ("secret_key", "encryption_keys"):
        assert (site.directory / name).stat().st_mode & 0o777 == 0o600
        secret = (site.directory / name).read_text().strip()
        assert secret.encode() not in (site.directory / "db.sqlite3").read_bytes()


def test_the_log_of_all_this_has_no_traceback(site: Site, conversations: list[str]) -> None:
    assert "Traceback" not in site.log
