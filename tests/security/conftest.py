"""Things to try to get at."""

import asyncio
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Browser

from chat.domain import api_tokens, audit, deletions
from chat.domain.api_tokens import Scope
from chat.domain.transfer import files, jobs
from chat.models import (
    Attachment,
    Budget,
    Completion,
    Conversation,
    Folder,
    Invoice,
    LanguageModel,
    LinkView,
    Message,
    Preset,
    Price,
    PromptTemplate,
    RetentionRule,
    Share,
    ShareLink,
    Tool,
    ToolCall,
    Transfer,
    UsageRecord,
    User,
)
from chat.models.audit_event import Verb
from chat.models.completion import State
from chat.models.share import Role
from chat.models.transfer import TransferState
from tests.browser.conftest import chromium
from tests.processes import Server, Site, Template
from tests.security.doors import Things

CONTENT = "the-content-of-alices-conversation"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def shared(alice: User, bob: User, frida: User, gino: User, conversation: Conversation) -> None:
    """Bob may read, Frida may write, and Gino has opened a link that asks others for a password."""
    common = {"conversation": conversation, "created_by": alice}
    Share.objects.create(user=bob, role=Role.VIEWER, **common)
    Share.objects.create(user=frida, role=Role.EDITOR, **common)
    end = timezone.now() + timedelta(days=1)
    link = ShareLink.objects.create(password=make_password("x" * 20), expires_at=end, **common)
    LinkView.objects.create(link=link, user=gino)


def _running(user: User) -> Transfer:
    """An export that this node works on, with its file."""
    row = jobs.begin_export(user)
    files.write(row.id, [b"file"])
    taken = jobs.claim("a-node")
    assert taken is not None
    return taken


@pytest.fixture
def things(alice: User, conversation: Conversation, model: LanguageModel, shared: None) -> Things:
    """A conversation with a question and its ended reply, and the row of the ledger."""
    completion = Completion.objects.create(
        conversation=conversation,
        user=alice,
        provider=model.provider,
        language_model=model,
        model_name=model.model_name,
        state=State.COMPLETED,
    )
    conversation.title = f"{CONTENT}-title"
    conversation.system_prompt = f"{CONTENT}-instructions"
    question = Message.objects.create(
        conversation=conversation, role="user", author=alice, content=f"{CONTENT}-question"
    )
    conversation.leaf = Message.objects.create(
        conversation=conversation,
        parent=question,
        role="assistant",
        completion=completion,
        content=f"{CONTENT}-answer",
    )
    conversation.folder = Folder.objects.create(owner=alice, name=f"{CONTENT}-folder")
    conversation.save()
    gone = Message.objects.create(
        conversation=conversation, parent=question, role="assistant", content=f"{CONTENT}-gone"
    )
    deletions.delete(alice, conversation, gone)
    file = Attachment(
        owner=alice,
        conversation=conversation,
        message=question,
        name=f"{CONTENT}.txt",
        kind="txt",
        size=4,
        text=f"{CONTENT}-file",
    )
    file.seal(f"{CONTENT}-file".encode())
    file.save()
    jobs.end(_running(alice), TransferState.DONE, {"conversations": 1, "bytes": 4})
    PromptTemplate.objects.create(owner=alice, title=f"{CONTENT}-prompt", text=f"{CONTENT}-prompt")
    Preset.objects.create(name="Translator", language_model=model)
    Price.objects.create(
        language_model=model, valid_from="2026-01-01", currency="CHF", prompt=1, completion=2
    )
    Budget.objects.create(user=alice, period="month", unit="tokens", limit=10**9)
    Invoice.objects.create(
        provider_name="House models", month="2026-01-01", amount=1, currency="CHF"
    )
    Tool.objects.create(
        name="ask", description="Asks.", kind="by_hand", parameters={"type": "object"}
    )
    ToolCall.objects.create(message=conversation.leaf, number=0, name="ask", state="done")
    record = UsageRecord.objects.create(
        completion_id=completion.id,
        conversation_id=str(conversation.id),
        user=alice,
        user_email=alice.email,
        provider_name="House models",
        model_name="house-1",
        purpose="answer",
        outcome="completed",
        source="reported",
        total_tokens=7,
    )
    group = Group.objects.create(name=f"Team {uuid.uuid4()}")
    RetentionRule.objects.create(group=group, days=30)
    audit.record(Verb.EXPORTED, alice)
    api_tokens.make(alice, "Cost centre", [Scope.SUMS])
    return Things(conversation, question, record, group, alice, model)


@pytest.fixture
def deactivated(db: None) -> User:
    return User.objects.create_user("frank@example.org", "x", name="Frank", is_staff=True)


@pytest.fixture(scope="session")
def template() -> Iterator[Template]:
    directory = Path(tempfile.mkdtemp(prefix="chatsite-security-"))
    yield Template(directory)
    shutil.rmtree(directory, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Served:
    """A real server on a site of its own."""

    site: Site
    server: Server
    temporary: Path

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.site.port}"

    @property
    def cookie(self) -> bytes:
        return b"Cookie: sessionid=" + self.site.people[0].session.encode()


@pytest.fixture(scope="module")
def served(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    site = Site(tmp_path_factory.mktemp("security") / "site", template)
    temporary = tmp_path_factory.mktemp("temporary")
    server = site.launch(LOG_LEVEL="DEBUG", TMPDIR=temporary)
    asyncio.run(server.ready())
    yield Served(site, server, temporary)
    server.remove()
