"""What happens to open sockets and running answers when their ground is taken away."""

import asyncio
import re

import httpx
import pytest

from tests.faults.viewer import Viewer, soon, viewers
from tests.patience import PATIENCE
from tests.processes import Site, provider

pytestmark = pytest.mark.processes

SIGN_IN_AGAIN = 4001


async def delete(viewer: Viewer, conversation: str) -> None:
    """As the page does it."""
    address = f"{viewer.site.origin}/c/{conversation}/delete/"
    cookies = {"sessionid": viewer.person.session}
    async with httpx.AsyncClient(cookies=cookies, timeout=PATIENCE) as client:
        form = await client.get(address)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)
        assert token is not None, form.text
        answer = await client.post(address, data={"csrfmiddlewaretoken": token.group(1)})
        assert answer.status_code == 302


@pytest.mark.parametrize("age", [0.0, 0.1, 0.4, 0.9, 1.5])
def test_a_conversation_that_is_deleted_while_it_is_written(served: Site, age: float) -> None:
    async def main() -> None:
        async with provider(served) as demo, viewers(served, *served.people[21:22] * 2) as tabs:
            sent = await tabs[0].send("/demo steady 50 90")
            await tabs[1].watch(sent["conversation"])
            await asyncio.sleep(age)
            await delete(tabs[0], sent["conversation"])
            await soon(lambda: demo.running_calls == 0)
            for tab in tabs:
                await tab.until(lambda event: event["type"] == "conversation.deleted")
            key = sent["conversation"]
            await soon(lambda: ledger_of(served, key) == [("stopped", "estimated")])
            assert served.rows("SELECT count(*) FROM chat_replychunk") == [(0,)]
            assert (await tabs[1].do("conversation.open", conversation=key))["code"] == "not_found"

    asyncio.run(main())


def ledger_of(site: Site, conversation: str) -> list[tuple[str, str]]:
    query = "SELECT outcome, source FROM chat_usagerecord WHERE conversation_id = ?"
    return [(outcome, source) for outcome, source in site.rows(query, conversation)]


def test_a_deactivated_person_loses_socket_and_answer(served: Site) -> None:
    async def main() -> None:
        person = served.people[22]
        async with provider(served) as demo, viewers(served, person, person) as tabs:
            sent = await tabs[0].send("/demo steady 50 90")
            await tabs[1].watch(sent["conversation"])
            await tabs[1].sees(sent["reply"])
            served.rows("UPDATE chat_user SET is_active = 0 WHERE id = ?", person.id)
            assert [await tab.gone() for tab in tabs] == [SIGN_IN_AGAIN] * 2
            await soon(lambda: demo.running_calls == 0)
            key = sent["conversation"]
            await soon(lambda: ledger_of(served, key) == [("stopped", "estimated")])

    asyncio.run(main())


def test_an_ended_session_closes_its_sockets_and_no_others(served: Site) -> None:
    async def main() -> None:
        async with viewers(served, *served.people[23:25]) as [out, other]:
            served.rows("DELETE FROM django_session WHERE session_key = ?", out.person.session)
            assert await out.gone() == SIGN_IN_AGAIN
            await other.ping()
            assert other.close_code is None

    asyncio.run(main())


def test_a_deleted_person_takes_the_running_answer_along_and_stays_in_the_ledger(
    served: Site,
) -> None:
    async def main() -> None:
        person = served.people[25]
        async with provider(served) as demo, viewers(served, person) as [viewer]:
            sent = await viewer.send("/demo steady 50 90")
            await viewer.sees(sent["reply"])
            await served.shell(
                f"from chat.models import User; User.objects.get(id={person.id}).delete()"
            )
            assert await viewer.gone() == SIGN_IN_AGAIN
            await soon(lambda: demo.running_calls == 0)
            await soon(lambda: bool(ledger_of(served, sent["conversation"])))
            query = "SELECT user_email, outcome FROM chat_usagerecord WHERE conversation_id = ?"
            assert served.rows(query, sent["conversation"]) == [(person.email, "stopped")]

    asyncio.run(main())
