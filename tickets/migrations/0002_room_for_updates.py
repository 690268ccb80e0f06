from django.db import migrations


class Migration(migrations.Migration):
    """Leaves room in each page, so that most updates of a ticket touch no index."""

    dependencies = [("tickets", "0001_first")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE tickets_ticket SET (fillfactor = 85)",
            "ALTER TABLE tickets_ticket RESET (fillfactor)",
        ),
    ]
