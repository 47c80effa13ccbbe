"""The ledger, the audit log and the chain through both; from here on, their rows are only added."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from chat.models import append_only


def add_triggers(apps, schema_editor):
    append_only.add(schema_editor)


def remove_triggers(apps, schema_editor):
    append_only.remove(schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0007_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsageRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("completion_id", models.UUIDField(unique=True)),
                ("conversation_id", models.CharField(blank=True, max_length=40)),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="usage_records",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                ("user_email", models.CharField(blank=True, max_length=254, verbose_name="email address")),
                ("user_name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                ("teams", models.CharField(blank=True, max_length=500, verbose_name="teams")),
                ("provider_name", models.CharField(max_length=80, verbose_name="provider")),
                ("model_name", models.CharField(max_length=200, verbose_name="model")),
                (
                    "purpose",
                    models.CharField(choices=[("answer", "answer"), ("title", "title"), ("check", "provider check")], max_length=10, verbose_name="purpose"),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("queued", "waiting"),
                            ("running", "writing"),
                            ("completed", "completed"),
                            ("stopped", "stopped"),
                            ("failed", "failed"),
                            ("blocked", "blocked by moderation"),
                            ("interrupted", "interrupted"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("reported", "reported"), ("estimated", "estimated"), ("unknown", "unknown")],
                        max_length=10,
                        verbose_name="source",
                    ),
                ),
                ("prompt_tokens", models.BigIntegerField(null=True, verbose_name="prompt tokens")),
                ("completion_tokens", models.BigIntegerField(null=True, verbose_name="completion tokens")),
                ("total_tokens", models.BigIntegerField(null=True, verbose_name="total tokens")),
                ("cached_tokens", models.BigIntegerField(null=True, verbose_name="cached tokens")),
                ("reasoning_tokens", models.BigIntegerField(null=True, verbose_name="reasoning tokens")),
                ("mismatch", models.BooleanField(default=False, verbose_name="total differs from the parts")),
                ("anonymized", models.BooleanField(null=True, verbose_name="anonymised")),
                ("moderated", models.BooleanField(null=True, verbose_name="moderated")),
                ("own_key", models.BooleanField(default=False, verbose_name="with the person's own key")),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("prompt_price", models.DecimalField(decimal_places=8, max_digits=18, null=True, verbose_name="price of prompt tokens")),
                ("completion_price", models.DecimalField(decimal_places=8, max_digits=18, null=True, verbose_name="price of completion tokens")),
                ("cached_price", models.DecimalField(decimal_places=8, max_digits=18, null=True, verbose_name="price of cached tokens")),
                ("cost", models.DecimalField(decimal_places=8, max_digits=18, null=True, verbose_name="cost")),
                ("corrects", models.BigIntegerField(null=True, verbose_name="corrects record")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="time")),
                ("mac", models.CharField(editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "usage record",
                "verbose_name_plural": "usage records",
                "default_permissions": ["view"],
                "indexes": [models.Index(fields=["created_at"], name="usage_by_time"), models.Index(fields=["user", "created_at"], name="usage_by_user")],
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="time")),
                (
                    "actor",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                ("actor_email", models.CharField(blank=True, max_length=254, verbose_name="email address")),
                ("actor_name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("signed_in", "signed in"),
                            ("sign_in_failed", "failed to sign in"),
                            ("signed_out", "signed out"),
                            ("password_changed", "changed a password"),
                            ("person_changed", "changed a person's account"),
                            ("person_deleted", "deleted a person's account"),
                            ("role_changed", "changed a person's teams or permissions"),
                            ("provider_changed", "changed a provider"),
                            ("model_changed", "changed a model"),
                            ("policy_changed", "changed a policy"),
                            ("key_entered", "entered a key"),
                            ("key_revoked", "revoked a key"),
                            ("tool_changed", "changed a tool"),
                            ("price_changed", "changed a price"),
                            ("budget_changed", "changed a budget"),
                            ("retention_changed", "changed how long conversations are kept"),
                            ("hold_changed", "changed a legal hold"),
                            ("shared", "shared a conversation"),
                            ("share_changed", "changed a share"),
                            ("share_revoked", "revoked a share"),
                            ("share_left", "left what was shared"),
                            ("link_made", "made a link"),
                            ("link_revoked", "revoked a link"),
                            ("link_opened", "opened a link"),
                            ("exported", "exported data"),
                            ("imported", "imported conversations"),
                            ("deleted", "deleted conversations"),
                            ("retention", "removed conversations that were due"),
                            ("break_glass", "opened somebody's conversation"),
                            ("token_made", "made an access token"),
                            ("token_revoked", "revoked an access token"),
                            ("invoice_entered", "entered an invoice"),
                            ("ledger_corrected", "corrected the ledger"),
                            ("setting_changed", "changed a setting"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("object_type", models.CharField(blank=True, max_length=40, verbose_name="kind of thing")),
                ("object_id", models.CharField(blank=True, max_length=40, verbose_name="number of the thing")),
                ("object_name", models.CharField(blank=True, max_length=200, verbose_name="thing")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="network address")),
                ("details", models.TextField(default="{}", verbose_name="details")),
                ("nonce", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("mac", models.CharField(editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit log",
                "default_permissions": ["view"],
                "indexes": [models.Index(fields=["created_at"], name="audit_by_time"), models.Index(fields=["actor", "created_at"], name="audit_by_actor")],
            },
        ),
        migrations.CreateModel(
            name="ChainLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.CharField(choices=[("usage", "Usage"), ("audit", "Audit")], max_length=5)),
                ("seq", models.PositiveBigIntegerField()),
                ("row_id", models.PositiveBigIntegerField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "default_permissions": [],
                "constraints": [
                    models.UniqueConstraint(fields=("chain", "seq"), name="one_link_per_number"),
                    models.UniqueConstraint(fields=("chain", "row_id"), name="one_link_per_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BreakGlass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reader", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("conversation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="break_glasses", to="chat.conversation")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("until", models.DateTimeField()),
            ],
            options={
                "ordering": ["-id"],
                "permissions": [("break_glass", "Can read somebody's conversation, with a reason")],
                "default_permissions": [],
            },
        ),
        migrations.RunPython(add_triggers, remove_triggers),
    ]
