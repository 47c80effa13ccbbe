"""What hangs on messages."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0004_conversations"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReplyChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reply", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="chunks", to="chat.message")),
                ("seq", models.PositiveIntegerField()),
                ("part", models.PositiveSmallIntegerField(choices=[(0, "Content"), (1, "Reasoning")], default=0)),
                ("text", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("reply", "seq"), name="one_chunk_per_number")],
            },
        ),
        migrations.CreateModel(
            name="ToolCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="tool_calls", to="chat.message")),
                ("number", models.PositiveSmallIntegerField()),
                ("call_id", models.CharField(max_length=256)),
                ("name", models.CharField(max_length=256)),
                ("arguments", models.TextField()),
                ("asks", models.CharField(blank=True, choices=[("", ""), ("consent", "consent"), ("result", "the result")], default="", max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for you"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "did not work"),
                            ("refused", "refused"),
                            ("stopped", "stopped"),
                            ("interrupted", "interrupted"),
                            ("incomplete", "not run, the call arrived incomplete"),
                        ],
                        max_length=12,
                    ),
                ),
                ("result", models.TextField(blank=True)),
                ("seconds", models.FloatField(null=True)),
                ("answered_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("node", models.CharField(blank=True, max_length=40)),
                ("lease_until", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["message", "number"],
                "indexes": [models.Index(condition=models.Q(("state", "running")), fields=["state"], name="tool_call_running")],
                "constraints": [models.UniqueConstraint(fields=("message", "number"), name="one_call_per_number")],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("conversation", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="chat.conversation")),
                ("message", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="chat.message")),
                ("name", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=10)),
                ("size", models.PositiveIntegerField()),
                ("pages", models.PositiveIntegerField(null=True)),
                ("text", models.TextField()),
                ("cut", models.BooleanField(default=False)),
                ("sealed", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Deletion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("conversation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="deletions", to="chat.conversation")),
                ("user", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("first", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="chat.message")),
                ("leaf", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="chat.message")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to=settings.AUTH_USER_MODEL)),
                ("conversation", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="chat.conversation")),
                ("text", models.TextField()),
                ("version", models.PositiveBigIntegerField(default=1)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "conversation"), name="one_draft_per_conversation"),
                    models.UniqueConstraint(condition=models.Q(("conversation", None)), fields=("user",), name="one_draft_for_a_new_page"),
                ],
            },
        ),
    ]
