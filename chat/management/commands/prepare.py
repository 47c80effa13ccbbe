"""`manage.py prepare`: makes ready what serving needs, and says what it did."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from chat.domain import demonstration, doctor, keys, setup

# sysexits.h: what was found in an unconfigured or misconfigured state.
MISCONFIGURED = 78


class Command(BaseCommand):
    help = (
        "Brings the database and the static files up to date, makes the first administrator and "
        "sets up the demonstration. Can be run any number of times."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def handle(self, **_options: Any) -> None:
        self._migrate()
        self._check_keys()
        self._collect_static()
        self._first_administrator()
        self._demonstration()

    def _migrate(self) -> None:
        try:
            if words := doctor.damage():
                raise CommandError(words, returncode=MISCONFIGURED)
            behind = setup.must_migrate()
        except DatabaseError as problem:
            reason = str(problem).splitlines()[0]
            raise CommandError(
                f"The database cannot be used: {reason}", returncode=MISCONFIGURED
            ) from None
        if behind:
            call_command("migrate", verbosity=0, interactive=False)
            self.stdout.write("Brought the database up to date.")

    def _check_keys(self) -> None:
        """Before anything is sealed: a wrong key ring must not go unnoticed."""
        problems = keys.check_keys()
        if problems:
            raise CommandError("\n".join(problems), returncode=MISCONFIGURED)

    def _collect_static(self) -> None:
        if setup.static_is_current():
            return
        call_command("collectstatic", verbosity=0, interactive=False)
        setup.remember_static()
        self.stdout.write("Collected the static files.")

    def _first_administrator(self) -> None:
        try:
            first = setup.first_administrator()
        except setup.SetupProblem as problem:
            raise CommandError(str(problem), returncode=MISCONFIGURED) from None
        if first is None:
            return
        self.stdout.write("Made the first administrator. Sign in with")
        self.stdout.write(f"  email     {first.email}")
        if first.password:
            self.stdout.write(f"  password  {first.password}")
            self.stdout.write("This password is shown only now. Change it after signing in.")
        else:
            self.stdout.write("  password  the one in CHATSITE_ADMIN_PASSWORD")

    def _demonstration(self) -> None:
        if not settings.DEMO:
            if demonstration.switch_off():
                self.stdout.write("Switched the demonstration providers off.")
        elif settings.DEMO_PORT:
            for name in demonstration.set_up(settings.DEMO_PORT):
                self.stdout.write(f"Added the provider {name}.")
        self._warn_of_closed_keys()

    def _warn_of_closed_keys(self) -> None:
        for key in keys.report().closed:
            self.stderr.write(f"Warning: {key}")
