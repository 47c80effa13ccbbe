"""Triggers that refuse to change or remove a row of the usage ledger."""

from django.db import migrations

SQLITE = [
    """
    CREATE TRIGGER usagerecord_no_update BEFORE UPDATE ON chat_usagerecord
    BEGIN SELECT RAISE(ABORT, 'The usage ledger is append-only.'); END
    """,
    """
    CREATE TRIGGER usagerecord_no_delete BEFORE DELETE ON chat_usagerecord
    BEGIN SELECT RAISE(ABORT, 'The usage ledger is append-only.'); END
    """,
]
POSTGRESQL = [
    """
    CREATE FUNCTION chat_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'The usage ledger is append-only.'; END $$
    """,
    """
    CREATE TRIGGER usagerecord_no_change BEFORE UPDATE OR DELETE ON chat_usagerecord
    FOR EACH ROW EXECUTE FUNCTION chat_append_only()
    """,
    """
    CREATE TRIGGER usagerecord_no_truncate BEFORE TRUNCATE ON chat_usagerecord
    FOR EACH STATEMENT EXECUTE FUNCTION chat_append_only()
    """,
]


def add_triggers(apps, schema_editor):
    statements = SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL
    for statement in statements:
        schema_editor.execute(statement)


def remove_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER usagerecord_no_update")
        schema_editor.execute("DROP TRIGGER usagerecord_no_delete")
    else:
        schema_editor.execute("DROP FUNCTION chat_append_only CASCADE")


class Migration(migrations.Migration):
    dependencies = [("chat", "0001_initial")]
    operations = [migrations.RunPython(add_triggers, remove_triggers, elidable=False)]
