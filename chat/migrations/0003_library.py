"""What a conversation may begin with: tools, prompts, presets, the organisation's instructions."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0002_providers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tool",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "name",
                    models.CharField(
                        help_text="For the model, for example: find_customer",
                        max_length=64,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("\\A[a-zA-Z0-9_-]{1,64}\\Z", "Only letters, digits, - and _, no spaces.")],
                        verbose_name="name",
                    ),
                ),
                (
                    "description",
                    models.TextField(
                        help_text="Tells the model what the tool does and when to use it; people see it, too.", max_length=2000, verbose_name="description"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("function", "built in"), ("http", "an address of the organisation"), ("by_hand", "answered by hand")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "function",
                    models.CharField(
                        blank=True,
                        choices=[("current_datetime", "current date and time"), ("calculator", "calculator")],
                        max_length=20,
                        verbose_name="built-in function",
                    ),
                ),
                (
                    "parameters",
                    models.JSONField(blank=True, default=dict, help_text="A JSON schema. For built-in functions leave it empty.", verbose_name="arguments"),
                ),
                (
                    "url",
                    models.CharField(
                        blank=True, help_text="The arguments are sent there as JSON. Changing the host removes the key.", max_length=500, verbose_name="address"
                    ),
                ),
                (
                    "key_header",
                    models.CharField(
                        blank=True,
                        help_text="Empty: Authorization: Bearer.",
                        max_length=64,
                        validators=[django.core.validators.RegexValidator("\\A[a-zA-Z0-9_-]{1,64}\\Z", "Only letters, digits, - and _, no spaces.")],
                        verbose_name="key header",
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("hint", models.CharField(blank=True, editable=False, max_length=4, verbose_name="key ends in")),
                ("writes", models.BooleanField(default=True, help_text="The person is asked before every call.", verbose_name="changes something")),
                ("enabled", models.BooleanField(default=True, verbose_name="enabled")),
                ("groups", models.ManyToManyField(blank=True, help_text="Who may use it; empty: everyone.", to="auth.group", verbose_name="teams")),
                (
                    "language_models",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Which models it is offered to; empty: all that can use tools.",
                        related_name="tools",
                        to="chat.languagemodel",
                        verbose_name="language models",
                    ),
                ),
            ],
            options={
                "verbose_name": "tool",
                "verbose_name_plural": "tools",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="PromptTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="prompt_templates", to=settings.AUTH_USER_MODEL)),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                ("text", models.TextField(max_length=16000, verbose_name="text")),
                ("everyone", models.BooleanField(default=False, verbose_name="everyone may use it")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("groups", models.ManyToManyField(blank=True, help_text="Who else may use it.", to="auth.group", verbose_name="teams")),
            ],
            options={
                "verbose_name": "prompt",
                "verbose_name_plural": "prompts",
                "ordering": ["title", "id"],
            },
        ),
        migrations.CreateModel(
            name="Preset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=200, verbose_name="description")),
                (
                    "language_model",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="presets", to="chat.languagemodel", verbose_name="model"),
                ),
                ("parameters", models.JSONField(blank=True, default=dict, verbose_name="parameters")),
                ("system_prompt", models.TextField(blank=True, max_length=16000, verbose_name="instructions")),
                ("enabled", models.BooleanField(default=True, verbose_name="published")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                ("groups", models.ManyToManyField(blank=True, help_text="Who may use it; empty: everyone.", to="auth.group", verbose_name="teams")),
            ],
            options={
                "verbose_name": "preset",
                "verbose_name_plural": "presets",
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "title_model",
                    models.ForeignKey(
                        blank=True,
                        help_text="Makes the titles of conversations. Empty: from the first words.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="chat.languagemodel",
                        verbose_name="model for titles",
                    ),
                ),
                (
                    "show_costs",
                    models.BooleanField(default=False, help_text="Otherwise they see tokens only.", verbose_name="people see what their calls cost"),
                ),
                (
                    "temporary_conversations",
                    models.BooleanField(default=True, help_text="They are not kept, but counted.", verbose_name="people may have temporary conversations"),
                ),
                (
                    "link_days",
                    models.PositiveSmallIntegerField(
                        default=365, help_text="For links to a conversation that people give to colleagues.", verbose_name="longest life of a link, in days"
                    ),
                ),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisation",
                "default_permissions": ["view", "change"],
            },
        ),
    ]
