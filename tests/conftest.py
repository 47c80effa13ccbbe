"""The cast: Alice owns, Bob holds a share, Charlie is a stranger, Dana audits, Erin administers."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.utils import timezone, translation
from hypothesis import settings as examples

from chat import providers
from chat.models import ApiKey, Conversation, LanguageModel, Provider, User

pytest_plugins = ["tests.conftest_database", "tests.order", "tests.servers", "tests.sites"]

PASSWORD = "correct-horse-battery"

# How long an example takes says more about the machine than about the code.
examples.register_profile("patient", examples(), deadline=None)
examples.load_profile("patient")


@pytest.fixture(autouse=True)
def leave_nothing_behind() -> Iterator[None]:
    """A request leaves its language in the thread, and what it counted for limits in the cache."""
    yield
    translation.deactivate()
    timezone.deactivate()
    cache.clear()


@pytest.fixture
def alice(db: Any) -> User:
    return User.objects.create_user("alice@example.org", PASSWORD, name="Alice Adler")


@pytest.fixture
def bob(db: Any) -> User:
    return User.objects.create_user("bob@example.org", PASSWORD, name="Bob Brunner")


@pytest.fixture
def charlie(db: Any) -> User:
    return User.objects.create_user("charlie@example.org", PASSWORD, name="Charlie Caflisch")


@pytest.fixture
def dana(db: Any) -> User:
    user = User.objects.create_user("dana@example.org", PASSWORD, name="Dana Dürr", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_usage"))
    return user


@pytest.fixture
def erin(db: Any) -> User:
    return User.objects.create_superuser("erin@example.org", PASSWORD, name="Erin Egli")


@pytest.fixture
def frida(db: Any) -> User:
    return User.objects.create_user("frida@example.org", PASSWORD, name="Frida Frei")


@pytest.fixture
def gino(db: Any) -> User:
    return User.objects.create_user("gino@example.org", PASSWORD, name="Gino Gut")


@pytest.fixture
def provider(db: Any) -> Provider:
    """An OpenAI-compatible provider that nobody listens at, with a key of the organisation."""
    row = Provider.objects.create(
        name="House models", kind="openai_compatible", base_url="http://127.0.0.1:9/v1"
    )
    key = ApiKey(provider=row)
    key.seal(providers.Secret("sk-test-0123456789"))
    key.save()
    return row


@pytest.fixture
def model(provider: Provider) -> LanguageModel:
    return LanguageModel.objects.create(provider=provider, model_name="house-1", label="House One")


@pytest.fixture
def conversation(alice: User, model: LanguageModel) -> Conversation:
    return Conversation.objects.create(owner=alice, title="Moving house", language_model=model)
