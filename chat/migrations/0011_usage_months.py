"""Sums by month beside those by day, and sums that a correction may make negative."""

from typing import Any

from django.db import migrations, models
from django.db.models import Max, Sum
from django.db.models.functions import TruncMonth

KINDS = (
    "user_id",
    "user_email",
    "teams",
    "provider_name",
    "model_name",
    "purpose",
    "outcome",
    "currency",
)
SUMS = (
    "calls",
    "reported",
    "estimated",
    "unknown",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "total_known",
    "cached_tokens",
    "reasoning_tokens",
    "cost",
    "priced",
    "anonymized",
    "moderated",
)


def fill(apps: Any, _editor: Any) -> None:
    days, months = apps.get_model("chat", "UsageDay"), apps.get_model("chat", "UsageMonth")
    sums = {f"sum_{name}": Sum(name) for name in SUMS}
    rows = days.objects.annotate(month=TruncMonth("day")).values("month", *KINDS)
    found = rows.annotate(name=Max("user_name"), last=Max("last_at"), **sums).order_by()
    months.objects.bulk_create(
        (
            months(
                day=row["month"],
                user_name=row["name"],
                last_at=row["last"],
                **{kind: row[kind] for kind in KINDS},
                **{name: row[f"sum_{name}"] for name in SUMS},
            )
            for row in found.iterator()
        ),
        batch_size=200,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0010_kept_choice"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsageMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("user_id", models.BigIntegerField(default=0)),
                ("user_email", models.CharField(blank=True, max_length=254)),
                ("user_name", models.CharField(blank=True, max_length=100)),
                ("teams", models.CharField(blank=True, max_length=500)),
                ("provider_name", models.CharField(max_length=80)),
                ("model_name", models.CharField(max_length=200)),
                ("purpose", models.CharField(max_length=10)),
                ("outcome", models.CharField(max_length=12)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("calls", models.PositiveBigIntegerField(default=0)),
                ("reported", models.PositiveBigIntegerField(default=0)),
                ("estimated", models.PositiveBigIntegerField(default=0)),
                ("unknown", models.PositiveBigIntegerField(default=0)),
                ("prompt_tokens", models.BigIntegerField(default=0)),
                ("completion_tokens", models.BigIntegerField(default=0)),
                ("total_tokens", models.BigIntegerField(default=0)),
                ("total_known", models.PositiveBigIntegerField(default=0)),
                ("cached_tokens", models.BigIntegerField(default=0)),
                ("reasoning_tokens", models.BigIntegerField(default=0)),
                ("cost", models.DecimalField(decimal_places=8, default=0, max_digits=18)),
                ("priced", models.PositiveBigIntegerField(default=0)),
                ("anonymized", models.PositiveBigIntegerField(default=0)),
                ("moderated", models.PositiveBigIntegerField(default=0)),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": [],
            },
        ),
        migrations.AlterField(
            model_name="usageday",
            name="cached_tokens",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="usageday",
            name="completion_tokens",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="usageday",
            name="prompt_tokens",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="usageday",
            name="reasoning_tokens",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="usageday",
            name="total_tokens",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="usageday",
            index=models.Index(fields=["user_id", "day"], name="usage_day_by_user"),
        ),
        migrations.AddIndex(
            model_name="usagemonth",
            index=models.Index(fields=["user_id", "day"], name="usage_month_by_user"),
        ),
        migrations.AddConstraint(
            model_name="usagemonth",
            constraint=models.UniqueConstraint(
                fields=(
                    "day",
                    "user_id",
                    "user_email",
                    "teams",
                    "provider_name",
                    "model_name",
                    "purpose",
                    "outcome",
                    "currency",
                ),
                name="one_row_per_month_and_kind",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
