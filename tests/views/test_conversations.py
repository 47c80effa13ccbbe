"""The sidebar's list; renaming and deleting."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from chat.models import Conversation, User

HTMX = {"HX-Request": "true"}


def grow(owner: User, count: int) -> list[Conversation]:
    """Newest first, a minute apart, three at each moment: keys must tell them apart."""
    now = timezone.now()
    made = [
        Conversation(owner=owner, title=f"Number {number}", updated_at=now)
        for number in range(count)
    ]
    Conversation.objects.bulk_create(made)
    for number, conversation in enumerate(made):
        conversation.updated_at = now - timedelta(minutes=number // 3)
    Conversation.objects.bulk_update(made, ["updated_at"])
    return sorted(made, key=lambda row: (row.updated_at, row.id), reverse=True)


def titles(html: str) -> list[str]:
    return [line.split("<")[0].split(">")[1] for line in html.split('<a class="entry-link"')[1:]]


def cursor(html: str) -> str:
    return html.split('hx-get="')[1].split('"', maxsplit=1)[0].replace("&amp;", "&")


def test_pages_of_the_list_join_without_gap_or_repetition(as_alice: Client, alice: User) -> None:
    made = grow(alice, 70)
    seen: list[str] = []
    address = "/conversations/"
    while address:
        html = as_alice.get(address).content.decode()
        seen += titles(html)
        address = cursor(html) if "hx-get" in html else ""
    assert seen == [row.title for row in made]


def test_a_list_that_has_grown_is_drawn_as_long_as_it_was(as_alice: Client, alice: User) -> None:
    grow(alice, 70)
    html = as_alice.get("/conversations/?recent=60").content.decode()
    assert len(titles(html)) == 60


def test_a_period_is_named_once_over_all_pages(as_alice: Client, alice: User) -> None:
    made = grow(alice, 35)
    yesterday = timezone.now() - timedelta(days=400)
    Conversation.objects.filter(id__in=[row.id for row in made]).update(updated_at=yesterday)
    first = as_alice.get("/conversations/").content.decode()
    second = as_alice.get(cursor(first)).content.decode()
    assert (first.count("Older"), second.count("Older")) == (1, 0)


def test_the_open_conversation_is_marked(as_alice: Client, conversation: Conversation) -> None:
    html = as_alice.get(f"/conversations/?current={conversation.id}").content.decode()
    assert html.count('aria-current="page"') == 1


def test_a_mangled_cursor_is_not_found(as_alice: Client) -> None:
    for text in ("x", "2026-01-01_x", "0001-01-01T00:00:00_x", "_", "2026-99-01_"):
        assert as_alice.get("/conversations/recent/", {"after": text}).status_code == 404


def test_strange_counts_and_ids_are_as_good_as_none(as_alice: Client) -> None:
    for query in ({"recent": "x"}, {"recent": "-5"}, {"recent": "9" * 40}, {"current": "x"}):
        assert as_alice.get("/conversations/", query).status_code == 200


def test_it_shows_only_my_own(as_charlie: Client, conversation: Conversation) -> None:
    assert "Moving house" not in as_charlie.get("/conversations/").content.decode()


def test_renaming_in_the_dialog_closes_it(as_alice: Client, conversation: Conversation) -> None:
    address = f"/c/{conversation.id}/rename/"
    form = as_alice.get(address, headers=HTMX).content.decode()
    assert 'value="Moving house"' in form
    assert "<html" not in form
    answer = as_alice.post(address, {"title": "  New\n name "}, headers=HTMX)
    conversation.refresh_from_db()
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, "dialog-done")
    assert conversation.title == "New name"


def test_renaming_works_as_a_page_of_its_own(as_alice: Client, conversation: Conversation) -> None:
    address = f"/c/{conversation.id}/rename/"
    assert "<html" in as_alice.get(address).content.decode()
    answer = as_alice.post(address, {"title": "New name"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/c/{conversation.id}/")


def test_an_empty_or_long_title_is_explained(as_alice: Client, conversation: Conversation) -> None:
    for title in ("", " ", "x" * 201):
        answer = as_alice.post(f"/c/{conversation.id}/rename/", {"title": title}, headers=HTMX)
        assert "field-error" in answer.content.decode()
    conversation.refresh_from_db()
    assert conversation.title == "Moving house"


def test_deleting_asks_first(as_alice: Client, conversation: Conversation) -> None:
    question = as_alice.get(f"/c/{conversation.id}/delete/", headers=HTMX).content.decode()
    assert "“Moving house” goes to “Recently deleted”, in the menu of your account." in question
    assert Conversation.objects.filter(id=conversation.id).exists()
    answer = as_alice.post(f"/c/{conversation.id}/delete/", headers=HTMX)
    assert answer.status_code == 204
    assert not Conversation.objects.filter(id=conversation.id).exists()
