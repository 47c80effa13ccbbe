"""People, and what each of them keeps or hands out."""

import uuid

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="email address")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                ("is_active", models.BooleanField(default=True, help_text="Switch off instead of deleting an account.", verbose_name="active")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False, help_text="What can be done there is decided by the permissions below.", verbose_name="may open the administration"
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="date joined")),
                ("rights_version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "legal_hold",
                    models.BooleanField(default=False, help_text="Nothing of what this person has written can be removed.", verbose_name="legal hold"),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "permissions": [
                    ("view_usage", "Can see everybody's usage (numbers only)"),
                    ("verify_ledger", "Can verify the ledger and the audit log"),
                    ("enter_invoice", "Can enter what providers billed"),
                    ("correct_ledger", "Can add corrections to the ledger"),
                ],
                "constraints": [models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="user_email_any_case")],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("hint", models.CharField(editable=False, max_length=4, verbose_name="ends in")),
                ("scopes", models.JSONField(default=list, verbose_name="may read")),
                (
                    "created_by",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="api_tokens", to=settings.AUTH_USER_MODEL),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
                ("last_used_at", models.DateTimeField(editable=False, null=True, verbose_name="last used")),
                ("revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="revoked")),
            ],
            options={
                "verbose_name": "access token",
                "verbose_name_plural": "access tokens",
                "ordering": ["-created_at"],
                "default_permissions": ["view", "add", "change"],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="saved_views", to=settings.AUTH_USER_MODEL)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("query", models.CharField(max_length=1000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["name"],
                "default_permissions": [],
                "constraints": [models.UniqueConstraint(fields=("user", "name"), name="one_view_per_name")],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="transfers", to=settings.AUTH_USER_MODEL)),
                ("kind", models.CharField(choices=[("export", "export"), ("import", "import")], max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("running", "running"), ("done", "done"), ("failed", "failed")], default="waiting", max_length=10
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("report", models.JSONField(default=dict)),
                ("node", models.CharField(blank=True, max_length=40)),
                ("lease_until", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
    ]
