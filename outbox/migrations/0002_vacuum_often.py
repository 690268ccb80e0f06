from django.db import migrations


class Migration(migrations.Migration):
    """A queue's rows come and go: vacuum it long before a fifth of it is dead."""

    dependencies = [("outbox", "0001_first")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE outbox_outboxmessage SET (autovacuum_vacuum_scale_factor = 0.02)",
            "ALTER TABLE outbox_outboxmessage RESET (autovacuum_vacuum_scale_factor)",
        ),
    ]
