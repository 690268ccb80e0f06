"""Compares what was read from a mail with what a person wrote down about it."""

import json
from pathlib import Path
from typing import Any

from intake.mail.records import Bounce, ParsedMail

CORPUS = Path(__file__).parent / "corpus"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text("utf-8"))


def raw_of(name: str) -> bytes:
    return (CORPUS / f"{name}.eml").read_bytes()


def reading(mail: ParsedMail) -> dict[str, Any]:
    """The mail as the corpus writes it down."""
    return mail.to_json() | {
        "to": [address.email for address in mail.to],
        "cc": [address.email for address in mail.cc],
        "attachments": [[a.name, a.content_type, a.size, a.inline] for a in mail.attachments],
        "auto_generated": mail.auto.auto_generated,
        "may_answer": mail.auto.may_answer,
        "reasons": sorted(mail.auto.reasons),
        "bounce": _bounce(mail.bounce),
        "references": list(mail.references),
        "delivered_to": list(mail.delivered_to),
    }


def differences(mail: ParsedMail, expected: dict[str, Any]) -> dict[str, Any]:
    """What is not as expected. `x_contains` and `x_lacks` list pieces of the text x."""
    found = reading(mail)
    wrong: dict[str, Any] = {}
    for key, value in expected.items():
        name, _, how = key.rpartition("_")
        if key == "defects_contain":
            missing = [piece for piece in value if not any(piece in d for d in mail.defects)]
            wrong |= {key: missing} if missing else {}
        elif how in {"contains", "lacks"}:
            bad = [piece for piece in value if (piece in found[name]) is (how == "lacks")]
            wrong |= {key: (bad, found[name])} if bad else {}
        elif found[key] != (sorted(value) if key == "reasons" else value):
            wrong[key] = found[key]
    if mail.defects and "defects_contain" not in expected:
        wrong["defects"] = mail.defects
    return wrong


def _bounce(bounce: Bounce | None) -> dict[str, Any] | None:
    if bounce is None:
        return None
    return {
        "action": bounce.action,
        "permanent": bounce.permanent,
        "status": bounce.status,
        "recipients": [recipient.address for recipient in bounce.recipients],
        "original_message_id": bounce.original_message_id,
        "is_dsn": bounce.is_dsn,
    }
