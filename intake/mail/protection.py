"""Signed and encrypted mail: signed content is shown, encrypted content is not called empty."""

from intake.mail.limits import MAX_PARTS, Defects
from intake.mail.structure import Part, read

_PKCS7 = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
SIGNATURE_TYPES = {
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
}
_RIGHTS_MANAGED = {"application/x-microsoft-rpmsg-message"}
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")  # object identifiers as they stand in DER
_PLAIN_DATA = bytes.fromhex("06092a864886f70d010701")
_MAX_PIECES = 100_000
_OCTETS, _OCTETS_IN_PIECES, _EXPLICIT, _INDEFINITE = 0x04, 0x24, 0xA0, 0x80

ENCRYPTED_TEXT = (
    "This message is encrypted and cannot be shown here. Its content is in the attachment."
)


def is_encrypted(root: Part) -> bool:
    """Whether a part of it is encrypted; one that is only signed was opened by `opened` before."""
    return any(
        part.content_type == "multipart/encrypted"
        or part.content_type in _RIGHTS_MANAGED
        or (part.content_type in _PKCS7 and not part.children and not _is_certificates(part))
        for part in root.walk()
    )


def is_signed(root: Part) -> bool:
    return any(
        part.content_type == "multipart/signed" or part.content_type in SIGNATURE_TYPES
        for part in root.walk()
    )


def opened(root: Part, defects: Defects) -> bool:
    """Puts the content of opaque S/MIME signatures into the tree; true if there was one."""
    found = False
    for part in list(root.walk())[:MAX_PARTS]:
        if part.content_type not in _PKCS7 or part.children:
            continue
        content = _signed_content(part.content(defects))
        if content is not None:
            part.content_type = "multipart/mixed"
            part.children = [read(content, defects)]
            found = True
    return found


def _is_certificates(part: Part) -> bool:
    return part.parameters.get("smime-type", "").lower() == "certs-only"


def _signed_content(raw: bytes) -> bytes | None:
    """The mail in a CMS SignedData: the octets after the identifier of plain data.

    Lengths may be indefinite and the octets in pieces, as in streamed signatures.
    """
    if _SIGNED_DATA not in raw[:40]:
        return None
    at = raw.find(_PLAIN_DATA)
    if at < 0:
        return None
    tag, position, _ = _header(raw, at + len(_PLAIN_DATA))
    if tag != _EXPLICIT:
        return None
    tag, position, length = _header(raw, position)
    if tag == _OCTETS and length is not None:
        return raw[position : position + length]
    return _pieces(raw, position) if tag == _OCTETS_IN_PIECES else None


def _pieces(raw: bytes, position: int) -> bytes | None:
    out: list[bytes] = []
    while len(out) < _MAX_PIECES:
        tag, position, length = _header(raw, position)
        if tag != _OCTETS or length is None:
            break
        out.append(raw[position : position + length])
        position += length
    return b"".join(out) if out else None


def _header(raw: bytes, position: int) -> tuple[int, int, int | None]:
    """Tag, where the content begins, and its length (None: indefinite) of a DER or BER value."""
    tag, first = (*raw[position : position + 2], 0, 0)[:2]
    position += 2
    if first == _INDEFINITE:
        return tag, position, None
    if first < _INDEFINITE:
        return tag, position, first
    size = first & 0x7F
    return tag, position + size, int.from_bytes(raw[position : position + size], "big")
