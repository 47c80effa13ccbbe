"""Who gets into the administration, and what its first page offers."""

import pytest
from django.contrib import admin
from django.test import Client

from chat.models import Conversation, User

from .conftest import SignIn


def test_it_sends_strangers_to_the_one_sign_in_page(client: Client, db: None) -> None:
    page = client.get("/admin/chat/provider/?q=x", follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/login/?next=/admin/chat/provider/%3Fq%3Dx"
    assert page.status_code == 200


def test_it_does_not_redirect_to_other_sites(as_erin: Client, client: Client) -> None:
    page = as_erin.get("/admin/login/?next=https://evil.example/")
    assert page["Location"] == "/admin/"


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/usage/", "/admin/nothing/"])
def test_it_tells_those_who_are_not_staff(alice: User, signed_in: SignIn, path: str) -> None:
    page = signed_in(alice).get(path)
    assert page.status_code == 403
    assert "Your account may not open the administration." in page.content.decode()


def test_it_shows_an_administrator_every_section(as_erin: Client) -> None:
    page = as_erin.get("/admin/")
    shown = [
        (app["name"], [model["name"] for model in app["models"]])
        for app in page.context["app_list"]
    ]
    assert shown == [
        ("Usage", ["Usage", "Monthly report", "Invoices", "Usage records"]),
        (
            "Providers",
            [
                "Providers",
                "Language models",
                "Prices",
                "Presets",
                "Tools",
                "API keys",
                "Health of the providers",
            ],
        ),
        ("People", ["Users", "Teams", "Budgets"]),
        ("Conversations", ["Conversations", "Retention rules"]),
        ("Organisation", ["Organisation"]),
        ("Audit", ["Audit log", "Access tokens"]),
    ]


def test_it_shows_the_auditor_usage_and_nothing_else(as_dana: Client) -> None:
    page = as_dana.get("/admin/")
    shown = [
        (app["name"], [model["name"] for model in app["models"]])
        for app in page.context["app_list"]
    ]
    assert shown == [("Usage", ["Usage", "Monthly report", "Invoices", "Usage records"])]


def test_it_has_no_pages_of_libraries() -> None:
    modules = {type(page).__module__.split(".")[0] for page in admin.site._registry.values()}
    assert modules == {"chat"}


def test_signing_out_needs_a_post(as_erin: Client) -> None:
    assert as_erin.get("/admin/logout/")["Location"] == "/admin/"
    assert as_erin.get("/admin/").status_code == 200
    assert as_erin.post("/admin/logout/")["Location"] == "/accounts/login/"
    assert as_erin.get("/admin/").status_code == 302


def test_the_password_is_changed_where_everybody_changes_it(as_erin: Client) -> None:
    assert as_erin.get("/admin/password_change/")["Location"] == "/accounts/password/change/"


@pytest.mark.parametrize(
    "query",
    [
        "title__startswith=M",
        "system_prompt__contains=x",
        "owner__password__startswith=m",
        "parameters__a=1",
    ],
)
def test_content_cannot_be_guessed_by_filtering(
    as_erin: Client, conversation: Conversation, query: str
) -> None:
    assert as_erin.get(f"/admin/chat/conversation/?{query}").status_code == 400


@pytest.mark.parametrize(
    ("table", "query"),
    [
        ("user", "password__startswith=m"),
        ("apikey", "sealed__startswith=a"),
        ("apikey", "provider__api_keys__sealed__startswith=a"),
        ("usagerecord", "user__password__startswith=m"),
    ],
)
def test_secrets_cannot_be_guessed_by_filtering(as_erin: Client, table: str, query: str) -> None:
    assert as_erin.get(f"/admin/chat/{table}/?{query}").status_code == 400


@pytest.mark.parametrize(
    ("table", "query"),
    [
        ("user", "is_active__exact=1"),
        ("apikey", "provider__id__exact=1"),
        ("conversation", "created_at__gte=2026-01-01+00:00:00%2B01:00"),
        ("usagerecord", "created_at__year=2026&created_at__month=3"),
        ("usagerecord", "source__exact=reported"),
        ("languagemodel", "provider__id__exact=1"),
    ],
)
def test_the_listed_filters_work(as_erin: Client, table: str, query: str) -> None:
    assert as_erin.get(f"/admin/chat/{table}/?{query}").status_code == 200
