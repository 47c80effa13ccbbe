"""`manage.py housekeep`: what the running server does once a day, at once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat.domain import housekeeping, setup


class Command(BaseCommand):
    help = "Removes what is due to be removed, and loads the lists of models of all providers anew."
    requires_system_checks = []

    def handle(self, **_options: Any) -> str:
        if setup.must_migrate():
            raise CommandError("The database is not up to date. Run “prepare” first.")
        removed = sum(iter(housekeeping.purge, 0))
        told = housekeeping.refresh() or ["No provider has a list of models to load."]
        if removed:
            told.insert(0, f"Removed for good, because it was due: {removed}.")
        return "\n".join(told)
