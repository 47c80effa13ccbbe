"""Sums of the ledger by day and by month, and by day of everybody together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0010_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsageDay",
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
                "indexes": [models.Index(fields=["user_id", "day"], name="usage_day_by_user")],
                "constraints": [
                    models.UniqueConstraint(
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
                        name="one_row_per_day_and_kind",
                    )
                ],
            },
        ),
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
                "indexes": [models.Index(fields=["user_id", "day"], name="usage_month_by_user")],
                "constraints": [
                    models.UniqueConstraint(
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
                    )
                ],
            },
        ),
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
    ]
