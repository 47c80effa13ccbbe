"""Roles: groups that give permissions in the administration."""

import django.db.models.deletion
from django.db import migrations, models

from chat.models.role import make_roles


def add_roles(apps, schema_editor):
    make_roles(apps)


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('chat', '0008_search_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='RoleGroup',
            fields=[
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='role', serialize=False, to='auth.group')),
                ('key', models.CharField(choices=[('auditor', 'Usage auditor'), ('providers', 'Provider administrator'), ('people', 'User administrator'), ('reader', 'Conversation reader')], max_length=10, unique=True)),
            ],
            options={
                'default_permissions': [],
            },
        ),
        migrations.AlterModelOptions(
            name='user',
            options={'permissions': [('view_usage', "Can see everybody's usage (numbers only)"), ('verify_ledger', 'Can verify the ledger and the audit log'), ('enter_invoice', 'Can enter what providers billed'), ('correct_ledger', 'Can add corrections to the ledger')], 'verbose_name': 'user', 'verbose_name_plural': 'users'},
        ),
        migrations.RunPython(add_roles, migrations.RunPython.noop),
    ]
