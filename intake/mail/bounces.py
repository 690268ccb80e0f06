"""Reports that a mail of ours did not arrive, in the standard form and in those before it."""

import re

from intake.mail import addresses, auto, charsets, headers, transfer
from intake.mail.limits import Defects
from intake.mail.records import Bounce, BounceRecipient
from intake.mail.structure import Part, headers_of

_MAX_RECIPIENTS = 50
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_SMTP = re.compile(r"(?<!\d)([45]\d\d)[ -](?:#?([45]\.\d{1,3}\.\d{1,3})|\S)")
_ACTIONS = {"failed", "delayed", "delivered", "relayed", "expanded"}
_RETURNED = {
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global",
    "text/rfc822",
}
_DELIVERY_STATUS = {"message/delivery-status", "message/global-delivery-status"}

_DAEMON = re.compile(r"mailer-?daemon|mail-?daemon|mdaemon", re.I)
_SYSTEM = re.compile(r"postmaster|smtp|mailadmin|system|mail", re.I)
_FAILED_SUBJECT = re.compile(
    r"undeliver|delivery (?:status notification|failure|failed|has failed|report|error|problem)|"
    r"returned mail|mail delivery (?:failed|failure|system|error|subsystem)|failure notice|"
    r"delivery notification|message (?:could not|not) (?:be )?deliver|mail system error|"
    r"could not send message|non-?deliverable|nondeliverable|returned to sender|mail failure|"
    r"warning: message .{0,60}delayed|delayed mail|delivery delayed|message delay|unzustellbar|"
    r"nicht zugestellt|nicht zustellbar|zustellung .{0,30}fehl|zustellfehler|unzugestellt|"
    r"fehlgeschlagen|non remis|échec de (?:la )?(?:remise|distribution|livraison)|non distribu|"
    r"courrier non|no se (?:puede|pudo) entregar|no entregado|error de entrega|devuelto|"
    r"impossibile recapitare|mancat[oa] (?:recapito|consegna)|non recapitabile|"
    r"não (?:foi )?(?:entregue|entregável)|falha (?:na|de) entrega|onbestelbaar|"
    r"niet (?:te bezorgen|afgeleverd|bezorgd)|kan inte levereras|går inte att leverera|"
    r"kan ikke leveres|kunne ikke leveres|ei voitu toimittaa|toimittaminen epäonnistui|"
    r"niedostarcz|nie można dostarczyć|zwrot|nedoručiteln|nelze doručit|kézbesíthetetlen|"
    r"не доставлен|недоставлен|невозможно доставить|ошибка доставки|teslim edilemedi|未送達|"
    r"配信不能|退信|无法投递|传递失败|반송|전송 실패",
    re.I,
)
_FAILED_TEXT = re.compile(
    r"this is the qmail-send program|i'm afraid i wasn't able to deliver|"
    r"did not reach (?:some or all of )?(?:the|its)|could not be delivered|"
    r"couldn['’]t be delivered|was not delivered|wasn['’]t delivered|unable to deliver|"
    r"undeliverable|delivery (?:to the following|has failed|failed|to these recipients)|"
    r"permanent(?:ly)? (?:fatal )?(?:error|fail)|"
    r"the following address(?:es)?(?:\(es\))? (?:had|failed)|user unknown|unknown user|"
    r"no such user|mailbox (?:unavailable|full|is full|not found)|does not exist|"
    r"address rejected|recipient (?:rejected|not found|address)|host unknown|domain not found|"
    r"over quota|quota exceeded|transcript of session follows|nicht zugestellt werden|"
    r"konnte nicht|n['’]a pas pu être (?:remis|distribué|livré)|no (?:se )?pudo (?:ser )?entreg|"
    r"non è stato possibile|niet worden (?:bezorgd|afgeleverd)|não (?:pôde|foi possível)",
    re.I,
)
_DELAYED = re.compile(
    r"delayed|will (?:continue|keep) (?:trying|to try)|still being retried|"
    r"not yet (?:been )?delivered|temporar(?:y|ily)|no action is required|warning message only|"
    r"verzögert|retard|weitere zustellversuche|en diferido|you do not need to resend|"
    r"could not send message for past",
    re.I,
)
_ORIGINAL_ID = re.compile(
    r"^[>\s]*message-id:\s*(?:\n\s+)?<?([^<>\s]{3,250}@[^<>\s]{1,250})>?", re.I | re.M
)
_ORIGINAL_SUBJECT = re.compile(r"^[>\s]*subject:[ \t]*([^\n]{1,300})", re.I | re.M)
_QUOTE_OF_MAIL = re.compile(
    r"^-{2,}.{0,60}(?:copy of (?:the|your) message|(?:original|unsent|returned) message|"
    r"message header).{0,60}$|^(?:received|return-path|message-id):\s",
    re.I | re.M,
)


def read(
    root: Part, *, text: str, subject: str, from_email: str, null_sender: bool
) -> Bounce | None:
    """The report in this mail, or None if it is an ordinary mail."""
    if "feedback-report" in root.parameters.get("report-type", "").lower():
        return None
    status = next((part for part in root.walk() if part.content_type in _DELIVERY_STATUS), None)
    if status is not None:
        return _from_status(root, status)
    if _is_report_by_words(root, text, subject, from_email, null_sender):
        return _from_words(root, text, subject)
    return None


def _from_status(root: Part, status: Part) -> Bounce:
    groups = _fields(status)
    recipients = tuple(
        _recipient(group) for group in groups if "final-recipient" in group or "action" in group
    )
    actions = [one.action for one in recipients if one.action]
    worst = next((action for action in ("failed", "delayed") if action in actions), None)
    action = worst or (actions[0] if actions else "failed")
    chosen = next((one for one in recipients if one.action == action), None)
    code = chosen.status if chosen else ""
    message_id, subject = _original(root, "")
    return Bounce(
        action,
        permanent=action == "failed" and not code.startswith("4"),
        status=code,
        recipients=recipients[:_MAX_RECIPIENTS],
        original_message_id=message_id,
        original_subject=subject,
        is_dsn=True,
    )


def _fields(status: Part) -> list[dict[str, str]]:
    """The groups of fields of a delivery status: one for the mail, one for each recipient."""
    raw = status.content(Defects()).replace(b"\r\n", b"\n")
    groups = []
    for block in re.split(rb"\n[ \t]*\n", raw.strip(b"\n"))[: _MAX_RECIPIENTS + 1]:
        lines = re.sub(rb"\n[ \t]+", b" ", block).split(b"\n")
        pairs = (line.partition(b":") for line in lines if b":" in line)
        groups.append(
            {
                name.strip().lower().decode("ascii", "replace"): charsets.readable(
                    charsets.decode(value, "", Defects())
                )
                for name, _, value in pairs
            }
        )
    return groups


def _recipient(group: dict[str, str]) -> BounceRecipient:
    stated = group.get("final-recipient") or group.get("original-recipient") or ""
    found = addresses.in_text(stated.rpartition(";")[2]) or addresses.in_text(
        group.get("original-recipient", "")
    )
    action = re.split(r"[\s(;]", group.get("action", "").lower().strip())[0]
    diagnostic = group.get("diagnostic-code", "").partition(";")[2].strip() or group.get(
        "diagnostic-code", ""
    )
    code = _STATUS.search(group.get("status", "")) or _STATUS.search(diagnostic)
    return BounceRecipient(
        found[0] if found else stated.rpartition(";")[2].strip()[:254],
        action if action in _ACTIONS else "failed",
        code.group(1) if code else "",
        diagnostic[:500],
    )


def _is_report_by_words(
    root: Part, text: str, subject: str, from_email: str, null_sender: bool
) -> bool:
    """A machine's address with a telling subject or text, or subject, text and returned mail."""
    if headers.text(root, "x-failed-recipients", Defects()):
        return True
    submitted = headers.text(root, "auto-submitted", Defects()).lower()
    is_reply = submitted.startswith("auto-replied") and not null_sender
    if is_reply or auto.is_auto_reply_subject(subject):
        return False
    local = from_email.rpartition("@")[0]
    is_daemon = null_sender or _DAEMON.fullmatch(local) is not None
    by_subject = _FAILED_SUBJECT.search(subject) is not None
    by_text = _FAILED_TEXT.search(text[:5_000]) is not None
    has_original = any(part.content_type in _RETURNED for part in root.walk())
    if root.content_type == "multipart/report":
        kind = root.parameters.get("report-type", "").lower()
        return kind in {"", "delivery-status"} or (is_daemon and by_subject)
    if is_daemon:
        return by_subject or by_text
    return by_subject and (_SYSTEM.fullmatch(local) is not None or (by_text and has_original))


def _from_words(root: Part, text: str, subject: str) -> Bounce:
    report = text[: _before_original(text)]
    given = addresses.in_text(headers.text(root, "x-failed-recipients", Defects()))
    own = set(addresses.in_text(headers.text(root, "to", Defects())))
    failed = given or [found for found in addresses.in_text(report) if found not in own]
    code = _STATUS.search(report)
    reply = _SMTP.search(report)
    status = code.group(1) if code else (reply.group(2) or "" if reply else "")
    first = status[:1] or (reply.group(1)[:1] if reply else "")
    is_delayed = bool(_DELAYED.search(subject)) or (first != "5" and bool(_DELAYED.search(report)))
    action = "delayed" if is_delayed else "failed"
    message_id, original_subject = _original(root, text)
    return Bounce(
        action,
        permanent=action == "failed" and first != "4",
        status=status,
        recipients=tuple(BounceRecipient(one, action, status) for one in failed[:_MAX_RECIPIENTS]),
        original_message_id=message_id,
        original_subject=original_subject,
        is_dsn=False,
    )


def _before_original(text: str) -> int:
    """Where the returned mail begins that some systems put into the text."""
    begins = _QUOTE_OF_MAIL.search(text)
    return begins.start() if begins else len(text)


def _original(root: Part, text: str) -> tuple[str, str]:
    """Message-ID and subject of the mail that is reported on."""
    for part in root.walk():
        if part.content_type in _RETURNED:
            returned = headers_of(transfer.decode(part.raw, part.encoding, Defects()))
            found = headers.message_id(returned)
            if found:
                return found, headers.subject(returned, Defects())
    inside = text[_before_original(text) :]
    message_id, subject = _ORIGINAL_ID.search(inside), _ORIGINAL_SUBJECT.search(inside)
    return message_id.group(1) if message_id else "", subject.group(1).strip() if subject else ""
