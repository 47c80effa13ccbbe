"""Makes the sums of the usage pages anew from the ledger: after the time zone was changed."""

from typing import Any

from django.core.management.base import BaseCommand

from chat.domain import usage_days


class Command(BaseCommand):
    help = "Makes the sums by day and month anew from the usage ledger, for another TIME_ZONE."

    def handle(self, *args: Any, **options: Any) -> None:
        rows = usage_days.rebuild()
        self.stdout.write(f"Made the sums anew from {rows} records.")
