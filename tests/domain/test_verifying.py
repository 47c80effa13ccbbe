"""Whatever is done to the ledger behind its back, verifying names the row."""

import hmac
import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.domain import audit, chain, ledger, verifying
from chat.domain.verifying import Fault, Finding
from chat.models import AuditEvent, ChainLink, UsageRecord, User, append_only
from chat.models.audit_event import Verb
from chat.models.chain_link import Chain

pytestmark = pytest.mark.django_db


def record(number: int, **fields: Any) -> UsageRecord:
    row = UsageRecord(
        completion_id=uuid4(),
        provider_name="House models",
        model_name="house-1",
        purpose="answer",
        outcome="completed",
        source="reported",
        total_tokens=number,
        user_name=f"Alice {number} – «é»",
        cost=f"{number}.00012345",
        anonymized=random.choice([True, False, None]),
    )
    for name, value in fields.items():
        setattr(row, name, value)
    return ledger.add(row)


@pytest.fixture
def ids() -> list[int]:
    rows = [record(number).pk for number in range(8)]
    assert chain.extend(Chain.USAGE) == 8
    return rows


def behind_its_back(*statements: str) -> None:
    with connection.cursor() as cursor:
        for table in append_only.TABLES:
            for event in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER {table}_no_{event}")
        for statement in statements:
            cursor.execute(statement)
        for table in append_only.TABLES:
            for trigger in append_only.on_sqlite(table):
                cursor.execute(trigger)


@pytest.mark.parametrize("secret", ["k" * 44, "k" * 64, "k" * 65])
def test_checksums_are_hmac_sha256(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "key", secret.encode)
    expected = hmac.digest(secret.encode(), "usage\x1fä\x1f1".encode(), "sha256").hex()
    assert chain.mac_of(Chain.USAGE, "ä\x1f1") == expected


def test_an_untouched_ledger_is_as_written(ids: list[int]) -> None:
    head = chain.head(Chain.USAGE)
    assert verifying.verify(Chain.USAGE) == verifying.Verdict(rows=8, waiting=0, head=head)
    assert head.seq == 8


def test_rows_that_wait_for_their_link_are_counted_and_checked(ids: list[int]) -> None:
    record(9)
    assert verifying.verify(Chain.USAGE).waiting == 1
    assert chain.extend(Chain.USAGE) == 1
    assert chain.extend(Chain.USAGE) == 0
    assert verifying.verify(Chain.USAGE).rows == 9


COLUMNS = [field.column for field in UsageRecord._meta.concrete_fields if field.name != "id"]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_of_any_column_is_named(column: str, ids: list[int]) -> None:
    value = "'1999-01-01 00:00:00'" if column == "created_at" else "7"
    behind_its_back(f"UPDATE chat_usagerecord SET {column} = {value} WHERE id = {ids[3]}")
    fault = verifying.verify(Chain.USAGE).finding
    assert fault == Finding(Fault.CHANGED, ids[3])


def test_a_removed_row_is_named(ids: list[int]) -> None:
    behind_its_back(f"DELETE FROM chat_usagerecord WHERE id = {ids[4]}")
    assert verifying.verify(Chain.USAGE).finding == Finding(Fault.REMOVED, ids[4])


def test_rows_that_changed_places_are_named(ids: list[int]) -> None:
    swap = "UPDATE chat_usagerecord SET id = {} WHERE id = {}".format
    behind_its_back(swap(-1, ids[2]), swap(ids[2], ids[5]), swap(ids[5], -1))
    assert verifying.verify(Chain.USAGE).finding == Finding(Fault.MOVED, ids[2])


def test_a_row_that_was_put_in_is_named_and_never_linked(ids: list[int]) -> None:
    names = ", ".join(column for column in COLUMNS if column != "completion_id")
    behind_its_back(
        f"INSERT INTO chat_usagerecord (completion_id, {names})"
        f" SELECT '{uuid4().hex}', {names} FROM chat_usagerecord WHERE id = {ids[1]}"
    )
    put_in = UsageRecord.objects.latest("id").pk
    assert chain.extend(Chain.USAGE) == 0
    assert verifying.verify(Chain.USAGE).finding == Finding(Fault.INSERTED, put_in)


def test_a_row_that_is_removed_with_its_link_leaves_a_gap(ids: list[int]) -> None:
    behind_its_back(
        f"DELETE FROM chat_usagerecord WHERE id = {ids[4]}",
        f"DELETE FROM chat_chainlink WHERE row_id = {ids[4]}",
    )
    assert verifying.verify(Chain.USAGE).finding == Finding(Fault.CHAIN, 5)


def test_an_end_that_was_cut_off_with_its_links_is_noticed(ids: list[int]) -> None:
    anchors = verifying.lines_of("\n".join(verifying.anchor_lines("2026-11-22T08:00:00+00:00")))
    behind_its_back(
        f"DELETE FROM chat_usagerecord WHERE id > {ids[5]}",
        f"DELETE FROM chat_chainlink WHERE row_id > {ids[5]}",
    )
    assert verifying.verify(Chain.USAGE).finding == Finding(Fault.CUT, ids[5])
    behind_its_back("DELETE FROM sqlite_sequence")
    assert verifying.verify(Chain.USAGE).finding is None
    finding = verifying.verify(Chain.USAGE, anchors[Chain.USAGE]).finding
    assert finding == Finding(Fault.ANCHOR, 8)


def test_a_ledger_that_was_written_anew_with_another_key_is_noticed(
    ids: list[int], settings: Any
) -> None:
    settings.LEDGER_KEY = "somebody else's key"
    chain.key.cache_clear()
    try:
        assert verifying.verify(Chain.USAGE).finding == Finding(Fault.MOVED, ids[0]) or (
            verifying.verify(Chain.USAGE).finding == Finding(Fault.CHANGED, ids[0])
        )
    finally:
        settings.LEDGER_KEY = ""
        chain.key.cache_clear()


@pytest.mark.parametrize("table", append_only.TABLES)
@pytest.mark.parametrize("change", ["UPDATE {} SET id = 0", "DELETE FROM {}"])
def test_the_database_refuses_every_change(
    table: str, change: str, ids: list[int], alice: User
) -> None:
    audit.record(Verb.EXPORTED, alice)
    with (
        pytest.raises((IntegrityError, InternalError), match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))


def test_the_audit_log_is_chained_like_the_ledger(alice: User) -> None:
    with audit.coming_from("192.0.2.7"):
        events = [
            audit.record(Verb.EXPORTED, alice, alice, reason=f"Reason {n}", details={"rows": n})
            for n in range(3)
        ]
    assert chain.extend(Chain.AUDIT) == 3
    assert verifying.verify(Chain.AUDIT).finding is None
    row = AuditEvent.objects.get(id=events[1].id)
    assert (row.actor_name, row.address, row.details) == ("Alice Adler", "192.0.2.7", '{"rows": 1}')
    behind_its_back(f"UPDATE chat_auditevent SET reason = '' WHERE id = {row.id}")
    assert verifying.verify(Chain.AUDIT).finding == Finding(Fault.CHANGED, row.id)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=st.text(max_size=30).filter(lambda text: "\x00" not in text),
    tokens=st.none() | st.integers(0, 2**62),
    cost=st.none() | st.decimals(0, 10**6, places=8),
)
def test_whatever_a_row_holds_it_reads_back_as_written(text: str, tokens: Any, cost: Any) -> None:
    name = text.encode("utf-16", "replace").decode("utf-16", "replace")
    row = ledger.add(
        UsageRecord(
            completion_id=uuid4(),
            user_name=name,
            provider_name="p",
            model_name="m",
            purpose="answer",
            outcome="failed",
            source="unknown",
            prompt_tokens=tokens,
            cost=cost,
        )
    )
    [(_, mac, columns)] = [one for one in chain.unlinked(Chain.USAGE, 9999) if one[0] == row.pk]
    assert mac == chain.mac_of(Chain.USAGE, columns)


def test_linking_goes_on_where_it_ended_however_rows_arrive(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for number in range(30):
        record(number)
    with django_assert_num_queries(7):
        assert chain.extend(Chain.USAGE, most=10) == 10
    assert [chain.extend(Chain.USAGE) for _ in range(2)] == [20, 0]
    seqs = ChainLink.objects.order_by("seq").values_list("seq", flat=True)
    assert list(seqs) == list(range(1, 31))
