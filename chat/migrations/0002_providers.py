"""Providers, their models and keys, and what calls cost."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chat.models.provider


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Provider",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                ("kind", models.CharField(choices=chat.models.provider.kind_choices, max_length=40, verbose_name="kind")),
                (
                    "base_url",
                    models.CharField(help_text="Changing the host makes the stored keys useless: enter them again.", max_length=500, verbose_name="base URL"),
                ),
                ("completions_path", models.CharField(blank=True, help_text="Empty: as documented.", max_length=200, verbose_name="completions path")),
                ("models_path", models.CharField(blank=True, help_text="Empty: as documented.", max_length=200, verbose_name="model list path")),
                ("auth_header", models.CharField(blank=True, help_text="Empty: as documented.", max_length=80, verbose_name="key header")),
                (
                    "tool_role",
                    models.CharField(
                        blank=True, choices=[("tool", "tool"), ("data", "data")], help_text="Empty: tool.", max_length=10, verbose_name="role of tool results"
                    ),
                ),
                ("enabled", models.BooleanField(default=True, verbose_name="enabled")),
                ("is_demo", models.BooleanField(default=False, editable=False, verbose_name="demonstration")),
                (
                    "anonymize_policy",
                    models.CharField(
                        choices=[
                            ("off", "Off by default, people may switch it on"),
                            ("default", "On by default, people may switch it off"),
                            ("always", "Always on"),
                        ],
                        default="default",
                        max_length=10,
                        verbose_name="anonymise",
                    ),
                ),
                (
                    "moderate_policy",
                    models.CharField(
                        choices=[
                            ("off", "Off by default, people may switch it on"),
                            ("default", "On by default, people may switch it off"),
                            ("always", "Always on"),
                        ],
                        default="off",
                        max_length=10,
                        verbose_name="moderate before sending",
                    ),
                ),
                (
                    "own_keys",
                    models.BooleanField(
                        default=False,
                        help_text="They enter them in their preferences; their prompts go out with these.",
                        verbose_name="people may use keys of their own",
                    ),
                ),
                (
                    "include_usage",
                    models.BooleanField(
                        default=True, help_text="Switched off by itself when the provider refuses the option.", verbose_name="ask for usage while streaming"
                    ),
                ),
                ("failures_in_row", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("failing_since", models.DateTimeField(editable=False, null=True)),
                ("next_try_at", models.DateTimeField(editable=False, null=True)),
                ("last_success_at", models.DateTimeField(editable=False, null=True)),
                ("last_error", models.CharField(blank=True, editable=False, max_length=30)),
                ("models_refreshed_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "provider",
                "verbose_name_plural": "providers",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("provider", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="api_keys", to="chat.provider")),
                (
                    "owner",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="api_keys", to=settings.AUTH_USER_MODEL),
                ),
                ("label", models.CharField(blank=True, max_length=80, verbose_name="label")),
                ("sealed", models.BinaryField()),
                ("hint", models.CharField(editable=False, max_length=4, verbose_name="ends in")),
                (
                    "created_by",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="entered")),
                ("last_used_at", models.DateTimeField(editable=False, null=True, verbose_name="last used")),
                ("refused_at", models.DateTimeField(editable=False, null=True, verbose_name="last refused")),
                ("revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="revoked")),
            ],
            options={
                "verbose_name": "API key",
                "verbose_name_plural": "API keys",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="LanguageModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="language_models", to="chat.provider")),
                ("model_name", models.CharField(help_text="As the provider spells it.", max_length=200, verbose_name="model name")),
                ("label", models.CharField(blank=True, help_text="What people see; empty: the name.", max_length=100, verbose_name="label")),
                ("enabled", models.BooleanField(default=True, verbose_name="enabled")),
                ("context_window", models.PositiveIntegerField(blank=True, null=True, verbose_name="context window")),
                ("default_parameters", models.JSONField(blank=True, default=dict, verbose_name="default parameters")),
                (
                    "anonymize_policy",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("off", "Off by default, people may switch it on"),
                            ("default", "On by default, people may switch it off"),
                            ("always", "Always on"),
                        ],
                        help_text="Empty: as set for the provider.",
                        max_length=10,
                        verbose_name="anonymise",
                    ),
                ),
                (
                    "moderate_policy",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("off", "Off by default, people may switch it on"),
                            ("default", "On by default, people may switch it off"),
                            ("always", "Always on"),
                        ],
                        help_text="Empty: as set for the provider.",
                        max_length=10,
                        verbose_name="moderate before sending",
                    ),
                ),
                ("estimate_factor", models.FloatField(default=1.0, editable=False)),
                ("estimate_factor_at", models.DateTimeField(editable=False, null=True)),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                ("groups", models.ManyToManyField(blank=True, help_text="Who may use it; empty: everyone.", to="auth.group", verbose_name="teams")),
            ],
            options={
                "verbose_name": "language model",
                "verbose_name_plural": "language models",
                "ordering": ["provider__name", "position", "model_name"],
                "constraints": [models.UniqueConstraint(fields=("provider", "model_name"), name="one_row_per_model")],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language_model",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="prices", to="chat.languagemodel", verbose_name="model"),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "currency",
                    models.CharField(
                        max_length=3,
                        validators=[django.core.validators.RegexValidator("^[A-Z]{3}$", "Three capital letters, for example CHF.")],
                        verbose_name="currency",
                    ),
                ),
                (
                    "prompt",
                    models.DecimalField(
                        decimal_places=8, max_digits=18, validators=[django.core.validators.MinValueValidator(0)], verbose_name="prompt tokens, per million"
                    ),
                ),
                (
                    "completion",
                    models.DecimalField(
                        decimal_places=8, max_digits=18, validators=[django.core.validators.MinValueValidator(0)], verbose_name="completion tokens, per million"
                    ),
                ),
                (
                    "cached",
                    models.DecimalField(
                        blank=True,
                        decimal_places=8,
                        help_text="Empty: as other prompt tokens.",
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="cached prompt tokens, per million",
                    ),
                ),
            ],
            options={
                "verbose_name": "price",
                "verbose_name_plural": "prices",
                "ordering": ["language_model", "-valid_from"],
                "constraints": [models.UniqueConstraint(fields=("language_model", "valid_from"), name="one_price_per_day")],
            },
        ),
    ]
