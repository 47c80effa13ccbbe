"""Conversations, their messages, and the calls that write them."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0003_library"),
    ]

    operations = [
        migrations.CreateModel(
            name="Folder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="folders", to=settings.AUTH_USER_MODEL)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "folder",
                "verbose_name_plural": "folders",
                "ordering": ["name", "id"],
                "constraints": [models.UniqueConstraint(fields=("owner", "name"), name="one_folder_per_name")],
            },
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="conversations", to=settings.AUTH_USER_MODEL)),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                ("titled", models.BooleanField(default=False)),
                (
                    "language_model",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="chat.languagemodel"),
                ),
                ("parameters", models.JSONField(blank=True, default=dict)),
                ("system_prompt", models.TextField(blank=True, verbose_name="instructions")),
                ("preset", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="chat.preset")),
                ("origin", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="chat.conversation")),
                ("folder", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="conversations", to="chat.folder")),
                ("pinned_at", models.DateTimeField(null=True)),
                ("archived_at", models.DateTimeField(null=True)),
                ("deleted_at", models.DateTimeField(editable=False, null=True)),
                ("temporary", models.BooleanField(default=False)),
                ("legal_hold", models.BooleanField(default=False, help_text="Nobody can delete it, and no rule removes it.", verbose_name="legal hold")),
                ("answered_at", models.DateTimeField(editable=False, null=True)),
                ("commented_at", models.DateTimeField(editable=False, null=True)),
                ("rights_version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now_add=True, verbose_name="last activity")),
            ],
            options={
                "verbose_name": "conversation",
                "verbose_name_plural": "conversations",
                "permissions": [("hold_conversation", "Can put conversations under a legal hold")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("archived_at", None), ("deleted_at", None), ("folder", None), ("pinned_at", None), ("temporary", False)),
                        fields=["owner", "-updated_at", "-id"],
                        name="conversation_sidebar",
                    ),
                    models.Index(
                        condition=models.Q(("archived_at", None), ("deleted_at", None), ("pinned_at__isnull", False), ("temporary", False)),
                        fields=["owner", "-updated_at", "-id"],
                        name="conversation_pinned",
                    ),
                    models.Index(
                        condition=models.Q(("archived_at__isnull", False), ("deleted_at", None), ("temporary", False)),
                        fields=["owner", "-updated_at", "-id"],
                        name="conversation_archived",
                    ),
                    models.Index(
                        condition=models.Q(("archived_at", None), ("deleted_at", None), ("temporary", False)),
                        fields=["folder", "-updated_at", "-id"],
                        name="conversation_in_folder",
                    ),
                    models.Index(condition=models.Q(("deleted_at__isnull", False)), fields=["owner", "deleted_at"], name="conversation_deleted"),
                    models.Index(fields=["updated_at"], name="conversation_by_activity"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Completion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "conversation",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="completions", to="chat.conversation"),
                ),
                ("user", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("provider", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="chat.provider")),
                ("language_model", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="chat.languagemodel")),
                ("model_name", models.CharField(max_length=200)),
                ("purpose", models.CharField(choices=[("answer", "answer"), ("title", "title"), ("check", "provider check")], default="answer", max_length=10)),
                ("parameters", models.JSONField(default=dict)),
                (
                    "state",
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
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("own_key", models.BooleanField(default=False)),
                ("error_category", models.CharField(blank=True, max_length=30)),
                ("error_fields", models.CharField(blank=True, max_length=300)),
                ("retry_after", models.FloatField(null=True)),
                ("kept_choice", models.PositiveSmallIntegerField(editable=False, null=True)),
                ("streamed", models.BooleanField(null=True)),
                ("system_fingerprint", models.CharField(blank=True, max_length=200)),
                ("node", models.CharField(blank=True, max_length=40)),
                ("lease_version", models.PositiveIntegerField(default=1)),
                ("lease_until", models.DateTimeField(null=True)),
                ("stop_requested_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("first_delta_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["provider", "created_at"], name="completion_health"),
                    models.Index(condition=models.Q(("state__in", ("queued", "running"))), fields=["state"], name="completion_open"),
                    models.Index(condition=models.Q(("state__in", ("queued", "running"))), fields=["user"], name="completion_open_of"),
                    models.Index(condition=models.Q(("state__in", ("queued", "running"))), fields=["conversation"], name="completion_open_in"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("conversation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="chat.conversation")),
                ("parent", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="children", to="chat.message")),
                ("role", models.CharField(choices=[("system", "Instructions"), ("user", "You"), ("assistant", "Assistant"), ("tool", "Tool")], max_length=10)),
                ("author", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("content", models.TextField(blank=True)),
                ("reasoning", models.TextField(blank=True)),
                (
                    "completion",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="replies", to="chat.completion"),
                ),
                ("choice", models.PositiveSmallIntegerField(default=0)),
                ("finish_reason", models.CharField(blank=True, max_length=20)),
                ("calls_open", models.BooleanField(default=False)),
                ("key", models.UUIDField(null=True)),
                ("deletion", models.UUIDField(editable=False, null=True)),
                ("deleted_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("calls_open", True)), fields=["id"], name="message_calls_open"),
                    models.Index(condition=models.Q(("parent__isnull", True)), fields=["conversation"], name="message_roots"),
                    models.Index(condition=models.Q(("deletion__isnull", False)), fields=["deleted_at"], name="message_deleted"),
                ],
                "constraints": [models.UniqueConstraint(fields=("conversation", "key"), name="one_message_per_key")],
            },
        ),
        migrations.AddField(
            model_name="conversation",
            name="leaf",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="chat.message"),
        ),
    ]
