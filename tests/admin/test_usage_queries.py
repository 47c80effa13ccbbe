"""What the pages of the usage section cost, for few people and for many."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from chat.models import User
from tests.ledger import record

USAGE = "/admin/usage/"


@pytest.mark.parametrize("count", [1, 30])
def test_it_costs_the_same_for_any_number_of_people(
    as_dana: Client, django_assert_num_queries: Any, count: int
) -> None:
    people = [User.objects.create_user(f"p{number}@example.org", None) for number in range(count)]
    for person in people:
        record(person, datetime(2026, 3, 10, 12, tzinfo=UTC))
        record(person, datetime(2026, 3, 10, 12, tzinfo=UTC), model_name="other")
    march = "first=2026-03-01&last=2026-03-31"
    with django_assert_num_queries(11):
        as_dana.get(f"{USAGE}?{march}")
    with django_assert_num_queries(11):
        as_dana.get(f"{USAGE}?{march}&group=team,user,model")
    with django_assert_num_queries(12):
        as_dana.get(f"{USAGE}?first=2026-01-15&last=2026-04-15")
    with django_assert_num_queries(13):
        as_dana.get(f"{USAGE}?first=2026-01-15&last=2026-04-15&group=day")
    with django_assert_num_queries(15):
        as_dana.get(f"{USAGE}report/?month=2026-03")
    with django_assert_num_queries(9):
        as_dana.get("/admin/chat/usagerecord/")
