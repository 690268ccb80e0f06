from django.db import migrations


class Migration(migrations.Migration):
    """The desk's promise settings with their defaults."""

    dependencies = [("promises", "0001_first")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO promises_promisesettings (id, contact_from, contact_until, grace_working_days,"
            " remind_24h, remind_shift_start, remind_60min, remind_before, remind_at_from, remind_before_end)"
            " VALUES (1, '08:00', '21:00', 1, false, true, false, true, true, false) ON CONFLICT DO NOTHING",
            migrations.RunSQL.noop,
        ),
    ]
