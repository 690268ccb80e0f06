from django.db import migrations


class Migration(migrations.Migration):
    """The mailbox a new desk starts with; the first-run page asks for its real address."""

    dependencies = [("mailboxes", "0001_first")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO mailboxes_mailbox (name, address, smtp_host, smtp_port, smtp_security, smtp_user,"
            " smtp_password_encrypted, trusted_authserv_id, signature, is_active, is_demo)"
            " VALUES ('Support', 'support@desk.example', '', 587, 'starttls', '', '', '', '', true, false)"
            " ON CONFLICT DO NOTHING",
            migrations.RunSQL.noop,
        ),
    ]
