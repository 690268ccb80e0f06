from django.db import migrations, models


class Migration(migrations.Migration):
    """Sessions end when a user's roles change."""

    dependencies = [("accounts", "0002_roles")]

    operations = [
        migrations.AddField("user", "session_epoch", models.IntegerField(default=0)),
    ]
