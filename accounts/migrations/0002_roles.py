from django.db import migrations

MATRIX = {
    ("agent", "Agent"): [
        "ticket.open",
        "ticket.reply",
        "ticket.note",
        "ticket.assign",
        "ticket.transfer",
        "ticket.set_priority",
        "ticket.wait_for_customer",
        "ticket.hold",
        "ticket.take_up",
        "ticket.solve",
        "ticket.reopen",
        "ticket.accept_message",
        "promise.make",
        "promise.settle",
    ],
    ("supervisor", "Supervisor"): [
        "ticket.open",
        "ticket.reply",
        "ticket.note",
        "ticket.assign",
        "ticket.transfer",
        "ticket.set_priority",
        "ticket.wait_for_customer",
        "ticket.hold",
        "ticket.take_up",
        "ticket.solve",
        "ticket.reopen",
        "ticket.accept_message",
        "promise.make",
        "promise.settle",
        "promise.void",
        "promise.hand_over_any",
        "settings.propose",
    ],
    ("manager", "Manager"): [
        "ticket.see_all",
        "ticket.note",
        "promise.void",
        "promise.hand_over_any",
        "settings.propose",
        "settings.approve",
    ],
    ("administrator", "Administrator"): [
        "user.manage",
        "mailbox.manage",
        "calendar.manage",
        "settings.edit",
        "background.manage",
    ],
}


def add_roles(apps, schema_editor):
    Role = apps.get_model("accounts", "Role")
    for (slug, name), rights in MATRIX.items():
        Role.objects.update_or_create(slug=slug, defaults={"name": name, "rights": rights})


class Migration(migrations.Migration):
    """The four roles of the default matrix."""

    dependencies = [("accounts", "0001_first")]

    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop)]
