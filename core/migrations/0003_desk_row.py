from django.db import migrations


class Migration(migrations.Migration):
    """The one row that is the desk."""

    dependencies = [("core", "0002_vacuum_often")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO core_desk (id, name, public_url, zone, locale, currency, is_demo, is_load)"
            " VALUES (1, 'Helpdesk', '', 'Europe/Amsterdam', 'en-gb', 'EUR', false, false)"
            " ON CONFLICT DO NOTHING",
            migrations.RunSQL.noop,
        ),
    ]
