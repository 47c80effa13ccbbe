"""Roles: groups that give permissions in the administration."""

import django.db.models.deletion
from django.db import migrations, models

from chat.models.role import make_roles


def add_roles(apps, schema_editor):
    make_roles(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0009_search_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoleGroup",
            fields=[
                (
                    "group",
                    models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="role", serialize=False, to="auth.group"),
                ),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("auditor", "Usage auditor"),
                            ("providers", "Provider administrator"),
                            ("people", "User administrator"),
                            ("reader", "Conversation reader"),
                        ],
                        max_length=10,
                        unique=True,
                    ),
                ),
            ],
            options={
                "default_permissions": [],
            },
        ),
        migrations.RunPython(add_roles, migrations.RunPython.noop),
    ]
