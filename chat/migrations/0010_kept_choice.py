"""Which of several answers a person kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0009_roles")]

    operations = [
        migrations.AddField(
            model_name="completion",
            name="kept_choice",
            field=models.PositiveSmallIntegerField(editable=False, null=True),
        ),
    ]
