"""What servers on the way wrote about a mail: authentication, and verdicts on spam."""

import re

from intake.mail import headers, words
from intake.mail.limits import Defects
from intake.mail.records import Authentication, AuthResult, SpamVerdict
from intake.mail.structure import Part

_MAX_HEADERS = 20
_COMMENT = re.compile(r"\((?:[^()\\]|\\.){0,1000}\)")
_RESULT = re.compile(r"([a-z][\w-]{0,40})(?:/\d+)?\s*=\s*([a-z]+)", re.I)
_DOMAIN = re.compile(
    r"(?:header\.(?:d|i|from)|smtp\.(?:mailfrom|helo)|policy\.\w+)\s*=\s*\"?(?:[^\s;@\"]*@)?([\w.-]+)",
    re.I,
)
_SCORE = re.compile(r"(?:score|hits)\s*=\s*(-?\d+(?:\.\d+)?)", re.I)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_SCL = re.compile(r"\bSCL:(-?\d+)", re.I)
_SPAM_SCL = 5  # Exchange puts mail of this level and above into the junk folder

_YES = ("yes", "true", "spam", "1")
_NO = ("no", "false", "ham", "0", "not")
_FLAGS = (
    "x-spam-flag",
    "x-spam",
    "x-spam-status",
    "x-dspam-result",
    "x-bogosity",
    "x-spam-verdict",
)
_SES = ("x-ses-spam-verdict", "x-ses-virus-verdict")


def results(root: Part) -> tuple[Authentication, ...]:
    """All Authentication-Results, the newest first. Only our own server's is worth anything."""
    found = (
        _authentication(raw) for raw in root.all_headers("authentication-results")[:_MAX_HEADERS]
    )
    return tuple(one for one in found if one is not None)


def spam(root: Part) -> SpamVerdict:
    """What filters said; spam if one of them said so."""
    verdicts: list[tuple[bool, str]] = []
    for name in _FLAGS:
        value = _value(root, name).lower()
        word = value.split(",")[0].split(" ")[0].strip()
        if word in _YES or word in _NO:
            verdicts.append((word in _YES, name))
    for name in _SES:
        value = _value(root, name).upper()
        if value in {"PASS", "FAIL"}:
            verdicts.append((value == "FAIL", name))
    verdicts += _exchange(root)
    reasons = tuple(name for is_spam, name in verdicts if is_spam)
    return SpamVerdict(bool(reasons) if verdicts else None, _score(root), reasons)


def _authentication(raw: bytes) -> Authentication | None:
    text = words.decode(raw, Defects())
    for _ in range(3):  # comments stand within comments
        text = _COMMENT.sub(" ", text)
    authserv_id, _, rest = text.partition(";")
    name = authserv_id.strip().split(" ")[0].strip().lower()
    if not name or "=" in name:
        return None
    found = (_result(clause) for clause in rest.split(";"))
    return Authentication(name[:255], tuple(one for one in found if one is not None))


def _result(clause: str) -> AuthResult | None:
    match = _RESULT.match(clause.strip())
    if not match:
        return None
    domain = _DOMAIN.search(clause)
    return AuthResult(
        match.group(1).lower(), match.group(2).lower(), domain.group(1).lower() if domain else ""
    )


def _exchange(root: Part) -> list[tuple[bool, str]]:
    stated = _value(root, "x-ms-exchange-organization-scl") or ""
    report = _SCL.search(_value(root, "x-forefront-antispam-report"))
    level = stated if _NUMBER.fullmatch(stated) else (report.group(1) if report else "")
    return [(float(level) >= _SPAM_SCL, "scl")] if level else []


def _score(root: Part) -> float | None:
    found = _SCORE.search(_value(root, "x-spam-status"))
    text = found.group(1) if found else _value(root, "x-spam-score")
    return float(text) if _NUMBER.fullmatch(text) else None


def _value(root: Part, name: str) -> str:
    return headers.text(root, name, Defects())
