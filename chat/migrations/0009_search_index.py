"""The full-text index over messages and titles, and the triggers that keep it."""

from django.db import migrations

from chat.models import search_index


def install(apps, schema_editor):
    search_index.install(schema_editor.connection)


def remove(apps, schema_editor):
    search_index.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("chat", "0008_records")]
    operations = [migrations.RunPython(install, remove, elidable=False)]
