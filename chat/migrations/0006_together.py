"""What several people do with one conversation."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0005_messages"),
    ]

    operations = [
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("conversation", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="chat.conversation")),
                ("folder", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="chat.folder")),
                ("user", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="shares", to=settings.AUTH_USER_MODEL)),
                ("group", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="auth.group")),
                ("everyone", models.BooleanField(default=False)),
                ("role", models.CharField(choices=[("viewer", "may read"), ("editor", "may read and write")], default="viewer", max_length=10)),
                ("expires_at", models.DateTimeField(null=True)),
                ("created_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("conversation", None), ("folder", None), _connector="XOR"), name="share_of_one_thing"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("everyone", False), ("group", None), ("user__isnull", False)),
                            models.Q(("everyone", False), ("group__isnull", False), ("user", None)),
                            models.Q(("everyone", True), ("group", None), ("user", None)),
                            _connector="OR",
                        ),
                        name="share_to_one_party",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("conversation__isnull", False), ("user__isnull", False)),
                        fields=("conversation", "user"),
                        name="one_share_of_conversation_to_user",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("conversation__isnull", False), ("group__isnull", False)),
                        fields=("conversation", "group"),
                        name="one_share_of_conversation_to_group",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("conversation__isnull", False), ("everyone", True)),
                        fields=("conversation",),
                        name="one_share_of_conversation_to_everyone",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("folder__isnull", False), ("user__isnull", False)), fields=("folder", "user"), name="one_share_of_folder_to_user"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("folder__isnull", False), ("group__isnull", False)), fields=("folder", "group"), name="one_share_of_folder_to_group"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("folder__isnull", False), ("everyone", True)), fields=("folder",), name="one_share_of_folder_to_everyone"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareLink",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("conversation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="links", to="chat.conversation")),
                ("password", models.CharField(blank=True, max_length=128)),
                ("anonymous", models.BooleanField(default=False)),
                ("expires_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("anonymous_views", models.PositiveIntegerField(default=0)),
                ("created_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="LinkView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("link", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="views", to="chat.sharelink")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("count", models.PositiveIntegerField(default=1)),
                ("first_at", models.DateTimeField(auto_now_add=True)),
                ("last_at", models.DateTimeField(auto_now_add=True)),
                ("left_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("link", "user"), name="one_row_per_viewer")],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("conversation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="chat.conversation")),
                ("message", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="chat.message")),
                ("author", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("text", models.TextField(max_length=4000, verbose_name="comment")),
                ("key", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("edited_at", models.DateTimeField(null=True)),
                ("mentions", models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("conversation", "key"), name="one_comment_per_key")],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mention", "mentioned in a comment"),
                            ("shared", "a conversation was shared"),
                            ("left", "somebody left what was shared"),
                            ("read", "a conversation was read by an authorised person"),
                            ("retention", "conversations will be removed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("conversation", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="chat.conversation")),
                ("details", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("seen_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(condition=models.Q(("seen_at", None)), fields=["user"], name="notice_unseen")],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="visits", to=settings.AUTH_USER_MODEL)),
                ("conversation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="visits", to="chat.conversation")),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "conversation"), name="one_visit_per_person")],
            },
        ),
    ]
