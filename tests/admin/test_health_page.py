"""The page that tells how each provider does, in words, and who may look at it."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from chat.domain import circuits
from chat.domain.runs import Ending
from chat.models import ApiKey, Completion, LanguageModel, Provider, User
from chat.models.completion import State
from tests.demonstration import demonstration

from .conftest import SignIn

HEALTH = "/admin/health/"


def told(client: Client) -> dict[str, str]:
    """The words of the first card, by their headings; trouble is marked with an exclamation."""
    page = client.get(HEALTH).content.decode().split("</dl>")[0]
    found = re.findall(r"<dt>([^<]*)</dt><dd( class=\"trouble\")?>([^<]*)</dd>", page)
    return {name: unescape(words) + ("!" if mark else "") for name, mark, words in found}


def fail(provider: Provider, category: str, times: int = circuits.FAILURES) -> None:
    for _ in range(times):
        circuits.note(provider.id, Ending(State.FAILED, error_category=category))


def test_a_new_provider_has_not_been_tried(as_erin: Client, provider: Provider) -> None:
    assert told(as_erin) == {
        "State": "Not tried yet",
        "Key": "Entered, not tried yet",
        "Last answer": "never",
        "Errors, last hour": "No calls",
        "Speed, last hour": "No answer to measure",
    }


def test_a_provider_that_answers_is_told_with_its_errors_and_speed(
    as_erin: Client, provider: Provider
) -> None:
    circuits.note(provider.id, Ending(State.COMPLETED))
    now = timezone.now()
    times = {"started_at": now, "first_delta_at": now + timedelta(seconds=0.4)}
    for state in (State.COMPLETED, State.COMPLETED, State.COMPLETED, State.FAILED):
        Completion.objects.create(provider=provider, model_name="m", state=state, **times)
    words = told(as_erin)
    assert re.fullmatch(r"\d+(:\d\d)? [ap]\.m\.|noon|midnight|\d\d:\d\d", words.pop("Last answer"))
    assert words == {
        "State": "Answering",
        "Key": "Accepted",
        "Errors, last hour": "1 of 4 calls failed (25 %)!",
        "Speed, last hour": "Half of the answers begin within 0.4 s",
    }


def test_a_refused_key_is_told_with_the_next_try(as_erin: Client, provider: Provider) -> None:
    fail(provider, "auth")
    words = told(as_erin)
    assert re.fullmatch(r"Not answering since .+!", words["State"])
    assert re.fullmatch(r".*\d.*|noon|midnight", words["Tried again"])
    assert words["Key"] == "Refused: enter it again, or check the subscription!"
    Provider.objects.update(next_try_at=timezone.now())
    assert told(as_erin)["Tried again"] == "with the next message"


def test_single_failures_and_missing_keys_are_told(as_erin: Client, provider: Provider) -> None:
    fail(provider, "connect_failed", 1)
    ApiKey.objects.all().delete()
    words = told(as_erin)
    assert words["State"] == "Answering was impossible the last time!"
    assert words["Key"] == "Missing: nobody has entered one!"
    Provider.objects.update(failures_in_row=0, enabled=False)
    assert told(as_erin)["State"] == "Switched off"


def test_trouble_comes_first(as_erin: Client, provider: Provider) -> None:
    Provider.objects.create(name="A fine one", kind="grayswan", base_url="https://b.example")
    ApiKey.objects.create(provider=Provider.objects.get(name="A fine one"), sealed=b"", hint="abcd")
    fail(provider, "connect_failed")
    page = as_erin.get(HEALTH).content.decode()
    assert page.index("House models</a>") < page.index("A fine one</a>")


def test_the_list_of_providers_tells_it_too(as_erin: Client, provider: Provider) -> None:
    fail(provider, "connect_failed")
    page = as_erin.get("/admin/chat/provider/").content.decode()
    assert '<span class="trouble">Not answering since' in page
    assert f'href="{HEALTH}"' in page
    assert f'href="{HEALTH}"' in as_erin.get("/admin/").content.decode()


def test_testing_from_there_comes_back_there(as_erin: Client, settings: Any) -> None:
    with demonstration() as server:
        settings.PRIVATE_PROVIDERS = [f"127.0.0.1:{server.port}"]
        url = server.base_urls["grayswan"]
        row = Provider.objects.create(name="Demo", kind="grayswan", base_url=url)
        LanguageModel.objects.create(provider=row, model_name="cygnet")
        path = f"/admin/chat/provider/{row.id}/test/"
        page = as_erin.post(path, {"next": "health"}, follow=True)
    assert page.redirect_chain == [(HEALTH, 302)]
    assert "No key has been entered yet." in page.content.decode()


@pytest.mark.parametrize("right", ["view_provider", "change_provider"])
def test_who_may_look_at_providers_may_look_here(
    bob: User, provider: Provider, signed_in: SignIn, right: str
) -> None:
    bob.is_staff = True
    bob.save()
    client = signed_in(bob)
    assert client.get(HEALTH).status_code == 403
    bob.user_permissions.add(Permission.objects.get(codename=right))
    page = client.get(HEALTH)
    assert page.status_code == 200
    assert ("Test<" in page.content.decode()) == (right == "change_provider")


def test_nobody_else_may(as_dana: Client, alice: User, signed_in: SignIn, client: Client) -> None:
    assert as_dana.get(HEALTH).status_code == 403
    assert signed_in(alice).get(HEALTH).status_code == 403
    assert client.get(HEALTH).status_code == 302
    assert HEALTH not in as_dana.get("/admin/").content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_it_costs_the_same_for_any_number(
    as_erin: Client, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        Provider.objects.create(name=f"P{number}", kind="grayswan", base_url="https://b.example")
    with django_assert_num_queries(5):
        as_erin.get(HEALTH)
