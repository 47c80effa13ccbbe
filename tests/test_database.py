"""The way from async code to the database."""

import asyncio
from collections.abc import Iterator

import pytest
from django.utils import translation
from django.utils.translation import gettext

from chat import database


def headings() -> Iterator[str]:
    yield gettext("Name")
    yield gettext("Time")


# The threads may have connections of earlier tests, which are looked after.
@pytest.mark.django_db
def test_what_is_made_while_it_is_sent_is_in_the_language_of_who_asked() -> None:
    async def sent() -> list[str]:
        with translation.override("de"):
            pieces = database.in_threads(headings())
        return [piece async for piece in pieces]

    with translation.override("de"):
        german = list(headings())
    assert (asyncio.run(sent()), german[1]) == (german, "Zeit")
