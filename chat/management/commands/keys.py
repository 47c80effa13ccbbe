"""`manage.py keys check | rotate | retire`: the encryption keys that seal the provider keys."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat import crypto
from chat.domain import keys, setup


class Command(BaseCommand):
    help = "Checks, renews and removes the encryption keys that seal the keys to the providers."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="check | rotate | retire")
        verbs.add_parser("check", help="says which provider keys open")
        verbs.add_parser("rotate", help="adds a new encryption key and seals everything with it")
        retire = verbs.add_parser("retire", help="removes an encryption key that nothing needs")
        retire.add_argument("kid", help="the name of the encryption key, as “check” shows it")

    def handle(self, *, verb: str, kid: str = "", **_options: Any) -> str | None:
        if setup.must_migrate():
            raise CommandError("The database is not up to date. Run “prepare” first.")
        try:
            if verb == "check":
                return self._check()
            return _rotate() if verb == "rotate" else _retire(kid)
        except (keys.KeyProblem, crypto.BadKeyRing) as problem:
            raise CommandError(str(problem)) from None

    def _check(self) -> str:
        report = keys.report(open_files=True)
        for kid, count in report.sealed.items():
            files = report.files.get(kid)
            beside = f", {keys.files_counted(files)}" if files else ""
            self.stdout.write(f"{kid}  seals {_counted(count)}{beside}")
        if report.closed:
            raise CommandError("\n".join(map(str, report.closed)))
        return "Every provider key opens."


def _rotate() -> str:
    return f"Sealed {_counted(keys.rotate())} with the newest encryption key."


def _retire(kid: str) -> str:
    keys.retire(kid)
    return f"Removed encryption key {kid}. Back-ups that need it no longer open."


def _counted(count: int) -> str:
    return "1 provider key" if count == 1 else f"{count} provider keys"
