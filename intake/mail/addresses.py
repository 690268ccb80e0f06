"""Addresses in headers, however they are written."""
# ruff: noqa: RUF001 - letters and marks of other scripts are meant here

import re
import unicodedata

from intake.mail import words
from intake.mail.limits import MAX_NAME, MAX_RECIPIENTS, Defects
from intake.mail.records import Address

_MAX_EMAIL = 254
# An address anywhere in a text; the checks of `valid` follow.
_EMAIL = re.compile(r"""[^\s<>()\[\],;:"'@\\]{1,64}@[^\s<>()\[\],;:"'@\\]{1,253}""")
_LOCAL = re.compile(r"[^\s\x00-\x20<>()\[\],;:\"@\\\x7f]{1,64}|\"[^\"\\\r\n]{1,62}\"")
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_QUOTE_PAIRS = (('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("«", "»"))
_BRACKETS = re.compile(rb"<([^<>]*)>?")
_MAILTO = re.compile(rb"\[mailto:([^\]]*)\]", re.I)
_QUOTED = re.compile(rb'"(?:\\.|[^"\\])*"')
_ENCODED = re.compile(rb"=\?[^?\s]{1,60}\?[bBqQ]\?(?:(?!=\?).)*?\?=")


def read_all(raw_values: list[bytes], defects: Defects, *, hint: str = "") -> tuple[Address, ...]:
    """The valid addresses of some headers, each once, in order; the first hundreds of them."""
    found: dict[str, Address] = {}
    for raw in raw_values:
        for address in _addresses(raw, defects, hint):
            key = address.email.lower()
            if key not in found or (address.name and not found[key].name):
                found[key] = address
        if len(found) > MAX_RECIPIENTS:
            defects.add(f"There are more than {MAX_RECIPIENTS} recipients; the rest was not read.")
            return tuple(found.values())[:MAX_RECIPIENTS]
    return tuple(found.values())


def normalised(email: str) -> str:
    """The address with a lower-case domain, or an empty text if it is none.

    Letters of other scripts are kept as they were written, in NFC; `canonical` compares them.
    """
    email = unicodedata.normalize("NFC", email.strip().strip("<>").strip())
    email = re.sub(r"\s*@\s*", "@", email).removeprefix("mailto:").removeprefix("MAILTO:")
    local, _, domain = email.rpartition("@")
    domain = domain.rstrip(".").lower()
    email = f"{local}@{domain}"
    return email if valid(email) else ""


def valid(email: str) -> bool:
    """Whether mail could be sent to it: one local part, a domain of at least two labels."""
    local, _, domain = email.rpartition("@")
    if len(email) > _MAX_EMAIL or not _LOCAL.fullmatch(local):
        return False
    labels = domain.split(".")
    if len(labels) < 2:
        return domain == "localhost"
    return all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()


def canonical(email: str) -> str:
    """The address by which two are compared: lower case, domain in its ASCII form."""
    local, _, domain = email.lower().rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return f"{local}@{domain}"


def in_text(text: str) -> list[str]:
    """The addresses that stand anywhere in a text, each once."""
    found = (normalised(match.strip(".'*_`-")) for match in _EMAIL.findall(text))
    return list(dict.fromkeys(email for email in found if email))


def _addresses(raw: bytes, defects: Defects, hint: str) -> list[Address]:
    out: list[Address] = []
    for token in _tokens(raw):
        if len(out) > MAX_RECIPIENTS:
            break
        address = _address(token, defects, hint)
        if address is not None:
            out.append(address)
        else:
            out.extend(map(Address, in_text(words.decode(token, defects, hint=hint))))
    return out


def _tokens(raw: bytes) -> list[bytes]:
    """The mailboxes of a header, split at commas and semicolons outside quotes and brackets.

    A piece without an address belongs to the next one: "Doe, Jane <jane@example.com>".
    """
    tokens: list[bytes] = []
    pending: int | None = None
    for start, end in _spans(raw):
        piece = raw[start:end]
        begin = start if pending is None else pending
        if b"@" in piece or (b"=?" in piece and b"<" in piece):
            tokens.append(raw[begin:end])
            pending = None
        elif piece.strip():
            pending = begin
    return tokens if pending is None else [*tokens, raw[pending:]]


def _spans(raw: bytes) -> list[tuple[int, int]]:
    """Where the pieces between commas and semicolons begin and end."""
    text = _protected(raw)
    spans: list[tuple[int, int]] = []
    start, depth, angle = 0, 0, False
    for position, char in enumerate(text):
        depth, angle = _nesting(char, depth, angle)
        if depth or angle:
            continue
        if char in b",;":
            spans.append((start, position))
            start = position + 1
        elif char == 0x3A and _opens_group(text, start, position):
            start = position + 1
    return [*spans, (start, len(raw))]


def _opens_group(text: bytes, start: int, colon: int) -> bool:
    """Whether `Name:` begins a group, which a semicolon ends."""
    before = text[start:colon]
    return b"@" not in before and b"[" not in before and b";" in text[colon:]


def _protected(raw: bytes) -> bytes:
    """The header with encoded words and quoted texts blanked: nothing in them divides."""
    blank = lambda match: b"=" * len(match.group())  # noqa: E731
    return _QUOTED.sub(blank, _ENCODED.sub(blank, raw))


def _nesting(char: int, depth: int, angle: bool) -> tuple[int, bool]:
    if char == 0x28:
        return depth + 1, angle
    if char == 0x29:
        return max(depth - 1, 0), angle
    if char == 0x3C:
        return depth, True
    if char == 0x3E:
        return depth, False
    return depth, angle


def _address(token: bytes, defects: Defects, hint: str) -> Address | None:
    """One mailbox: `Name <address>`, `address (Name)`, or only an address."""
    token = _MAILTO.sub(rb"<\1>", token)
    text = words.decode(token, defects, hint=hint)
    inside = _in_brackets(token)
    if inside is None and "<" in text:  # encoded with its brackets, against the rules
        inside = _in_brackets(text.encode("utf-8"))
    if inside is not None:
        before, email, after = inside
        names = (_name(words.decode(part, defects, hint=hint)) for part in (before, after))
        return Address(email, next((name for name in names if name), ""))
    comment = re.search(r"\(((?:[^()]|\([^()]*\))*)\)", text)
    note = _name(comment.group(1)) if comment else ""
    bare = re.sub(r"\((?:[^()]|\([^()]*\))*\)?", " ", text).strip()
    email = normalised(_unquoted(bare))
    if email:
        return Address(email, note)
    found = _EMAIL.search(bare)
    email = normalised(found.group()) if found else ""
    return Address(email, _name(bare[: found.start()]) or note) if found and email else None


def _in_brackets(token: bytes) -> tuple[bytes, str, bytes] | None:
    """What stands before, in and behind the last angle brackets that hold an address."""
    for match in reversed(list(_BRACKETS.finditer(_protected(token)))):
        content = words.decode(token[match.start(1) : match.end(1)], Defects())
        if content.startswith("@") and ":" in content:  # a source route
            content = content.partition(":")[2]
        email = normalised(_unquoted(content))
        if not email:
            candidates = in_text(content)
            email = candidates[0] if len(candidates) == 1 else ""
        if email:
            return token[: match.start()].rstrip(b"< "), email, token[match.end() :].lstrip(b"> ")
    return None


def _unquoted(text: str) -> str:
    text = text.strip()
    for left, right in _QUOTE_PAIRS:
        if len(text) > 1 and text.startswith(left) and text.endswith(right) and text.count("@") < 2:
            return text[1:-1] if "@" in text[1:-1] else text
    return text


def _name(text: str) -> str:
    """A display name: without quotes, escapes and doubled blanks."""
    text = text.strip().strip(",;:").strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    text = re.sub(r'"((?:\\.|[^"\\])*)"', lambda match: _unescaped(match.group(1)), text).strip()
    for left, right in _QUOTE_PAIRS:
        while len(text) > 1 and text.startswith(left) and text.endswith(right):
            text = text[1:-1].strip()
    text = text.strip('"').strip()
    return re.sub(r"\s+", " ", text)[:MAX_NAME].strip()


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
