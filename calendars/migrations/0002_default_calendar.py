from django.db import migrations

WINDOWS = (
    '[{"day": "mon", "start": "09:00", "end": "17:00"}, {"day": "tue", "start": "09:00", "end": "17:00"},'
    ' {"day": "wed", "start": "09:00", "end": "17:00"}, {"day": "thu", "start": "09:00", "end": "17:00"},'
    ' {"day": "fri", "start": "09:00", "end": "17:00"}]'
)


class Migration(migrations.Migration):
    """The calendar a new desk starts with; the first-run page asks for the real hours."""

    dependencies = [("calendars", "0001_first")]

    operations = [
        migrations.RunSQL(
            "WITH made AS (INSERT INTO calendars_calendar (name, zone, is_default)"
            " VALUES ('Business hours', 'Europe/Amsterdam', true) ON CONFLICT DO NOTHING RETURNING id)"
            " INSERT INTO calendars_calendarversion (calendar_id, number, valid_from, zone, windows)"
            f" SELECT id, 1, '2000-01-01T00:00Z', 'Europe/Amsterdam', '{WINDOWS}'::jsonb FROM made",
            migrations.RunSQL.noop,
        ),
    ]
