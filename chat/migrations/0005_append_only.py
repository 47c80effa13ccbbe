"""From here on, rows of the ledger, the audit log and their chain are only ever added."""

from django.db import migrations

from chat.models import append_only


def add(apps, schema_editor):
    append_only.add(schema_editor)


def remove(apps, schema_editor):
    append_only.remove(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("chat", "0004_constraints")]
    operations = [migrations.RunPython(add, remove, elidable=False)]
