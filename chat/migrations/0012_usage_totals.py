"""Sums by day of everybody together, beside those that know who called."""

from django.db import migrations, models

KINDS = "provider_name, model_name, purpose, outcome, currency"
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
FILL = (
    f"INSERT INTO chat_usagetotal (day, {KINDS}, {', '.join(SUMS)}, last_at)"  # noqa: S608 - our names
    f" SELECT day, {KINDS}, {', '.join(f'SUM({name})' for name in SUMS)}, MAX(last_at)"
    f" FROM chat_usageday GROUP BY day, {KINDS}"
)


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0011_usage_months"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsageTotal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "day",
                            "provider_name",
                            "model_name",
                            "purpose",
                            "outcome",
                            "currency",
                        ),
                        name="one_row_per_total_and_kind",
                    )
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
