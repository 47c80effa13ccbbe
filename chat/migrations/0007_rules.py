"""Budgets with what was spent of them, invoices, and how long conversations are kept."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0006_together"),
    ]

    operations = [
        migrations.CreateModel(
            name="Budget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="budgets",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        help_text="Without person and team: everyone.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="budgets",
                        to="auth.group",
                        verbose_name="team",
                    ),
                ),
                ("each", models.BooleanField(default=True, help_text="Otherwise all of them share it.", verbose_name="for each person")),
                ("exception", models.BooleanField(default=False, help_text="For one person: takes the place of all other limits.", verbose_name="exception")),
                ("period", models.CharField(choices=[("day", "a day"), ("month", "a month")], max_length=10, verbose_name="for")),
                ("unit", models.CharField(choices=[("tokens", "tokens"), ("money", "money")], max_length=10, verbose_name="in")),
                (
                    "currency",
                    models.CharField(
                        blank=True,
                        max_length=3,
                        validators=[django.core.validators.RegexValidator("^[A-Z]{3}$", "Three capital letters, for example CHF.")],
                        verbose_name="currency",
                    ),
                ),
                ("limit", models.DecimalField(decimal_places=8, max_digits=18, validators=[django.core.validators.MinValueValidator(0)], verbose_name="limit")),
                ("hard", models.BooleanField(default=True, help_text="Nothing is sent beyond it. Otherwise people are only warned.", verbose_name="hard")),
                (
                    "raised_limit",
                    models.DecimalField(
                        blank=True,
                        decimal_places=8,
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="raised to",
                    ),
                ),
                ("raised_until", models.DateField(blank=True, help_text="The last day on which it is raised.", null=True, verbose_name="raised until")),
                ("enabled", models.BooleanField(default=True, verbose_name="enabled")),
            ],
            options={
                "verbose_name": "budget",
                "verbose_name_plural": "budgets",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("user", None), ("group", None), _connector="OR"), name="budget_for_one_party"),
                    models.CheckConstraint(
                        condition=models.Q(("exception", False), ("user__isnull", False), _connector="OR"), name="budget_exception_for_a_person"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BudgetSpend",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("budget", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="spends", to="chat.budget")),
                ("user_id", models.BigIntegerField(default=0)),
                ("starts", models.DateField()),
                ("spent", models.DecimalField(decimal_places=8, default=0, max_digits=18)),
                ("reserved", models.DecimalField(decimal_places=8, default=0, max_digits=18)),
                ("told", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("budget", "user_id", "starts"), name="one_spend_per_period")],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("completion", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="chat.completion")),
                ("spend", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="reservations", to="chat.budgetspend")),
                ("amount", models.DecimalField(decimal_places=8, max_digits=18)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("completion", "spend"), name="one_reservation_each")],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "provider",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="chat.provider", verbose_name="provider"),
                ),
                ("provider_name", models.CharField(max_length=80, verbose_name="provider")),
                ("month", models.DateField(verbose_name="month")),
                ("amount", models.DecimalField(decimal_places=8, max_digits=18, verbose_name="amount")),
                (
                    "currency",
                    models.CharField(
                        max_length=3,
                        validators=[django.core.validators.RegexValidator("^[A-Z]{3}$", "Three capital letters, for example CHF.")],
                        verbose_name="currency",
                    ),
                ),
                ("total_tokens", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="tokens, if stated")),
                ("models_billed", models.JSONField(blank=True, default=dict)),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("entered_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("entered_by_name", models.CharField(max_length=254)),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "ordering": ["-month", "provider_name", "-id"],
                "default_permissions": [],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "group",
                    models.OneToOneField(
                        blank=True,
                        help_text="Empty: everyone who is in no team with a rule.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="retention_rule",
                        to="auth.group",
                        verbose_name="team",
                    ),
                ),
                ("days", models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name="days after the last activity")),
            ],
            options={
                "verbose_name": "retention rule",
                "verbose_name_plural": "retention rules",
                "constraints": [models.UniqueConstraint(models.Value(1), condition=models.Q(("group", None)), name="one_rule_for_everyone")],
            },
        ),
    ]
