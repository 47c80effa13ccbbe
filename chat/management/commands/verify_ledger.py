"""Verifies the usage ledger and the audit log, and names the first row that is not as written."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.domain import usage_checks, verifying
from chat.models.chain_link import Chain

NAMES = {Chain.USAGE: "Usage ledger", Chain.AUDIT: "Audit log"}


class Command(BaseCommand):
    help = "Verifies the usage ledger and the audit log. Exit status 1: something is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", metavar="FILE", help="compare with these remembered heads")
        parser.add_argument("--only", choices=Chain.values, help="one of the two")

    def handle(self, *args: Any, **options: Any) -> None:
        anchors = _anchors(options["anchor"])
        chosen = [Chain(options["only"])] if options["only"] else list(Chain)
        verdicts = {chain: verifying.verify(chain, anchors[chain]) for chain in chosen}
        for chain, verdict in verdicts.items():
            self.stdout.write(_sentence(chain, verdict))
        wrong = any(verdict.finding for verdict in verdicts.values())
        if Chain.USAGE in chosen and not wrong:
            difference = usage_checks.first_difference()
            self.stdout.write(_of_sums(difference))
            wrong = difference is not None
        if wrong:
            raise SystemExit(1)


def _anchors(path: str | None) -> dict[Chain, dict[int, str]]:
    if path is None:
        return {chain: {} for chain in Chain}
    try:
        return verifying.lines_of(Path(path).read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The anchor file cannot be read: {error}") from None


def _of_sums(difference: str | None) -> str:
    if difference is None:
        return "Sums by day and month: equal to the ledger."
    return (
        f"Sums by day and month: NOT those of the ledger ({difference})."
        " Run `manage.py rebuild_usage`."
    )


def _sentence(chain: Chain, verdict: verifying.Verdict) -> str:
    name = NAMES[chain]
    if verdict.finding is not None:
        return (
            f"{name}: NOT as written. {verdict.finding} {verdict.rows} rows before it are intact."
        )
    waiting = f", {verdict.waiting} of them not linked yet" if verdict.waiting else ""
    rows = verdict.rows + verdict.waiting
    return f"{name}: {rows} rows, all as written{waiting}. Head {verdict.head.digest[:16]}."
