"""From bytes to text, when labels are missing, wrong or unknown."""

import re
import unicodedata

from intake.mail import guessing
from intake.mail.limits import Defects

# Names that clients write, and the codec that reads what they mean. As browsers do, a label is read
# as the superset that its users really send: Latin-1 as Windows-1252, GB2312 as GB18030, and so on.
_ALIASES = {
    "utf-8": "utf_8 utf8 utf unicode-1-1-utf-8 x-unicode20utf8 utf-8-sig utf8mb4 cp65001 utf-8n",
    "utf-16": "utf_16 ucs-2 iso-10646-ucs-2 unicode csunicode",
    "utf-16-le": "utf-16le utf_16_le unicodefffe",
    "utf-16-be": "utf-16be utf_16_be",
    "utf-32": "utf_32 ucs-4 iso-10646-ucs-4",
    "utf-7": "utf_7 utf7 unicode-1-1-utf-7 csunicode11utf7 x-unicode-2-0-utf-7",
    "cp1252": "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso_8859-1 iso88591 latin1 "
    "latin-1 l1 iso-ir-100 ibm819 cp819 ansi win-1252 iso-8859-1-windows-3.1-latin-1 windows1252 "
    "iso_8859_1 8859_1 8859-1 windows-1252http-equivcontent-type",
    "cp1250": "windows-1250 x-cp1250 win-1250 windows1250",
    "iso8859-2": "iso-8859-2 iso_8859-2 iso8859_2 iso88592 latin2 latin-2 l2 iso-ir-101",
    "iso8859-3": "iso-8859-3 iso_8859-3 latin3 l3",
    "iso8859-4": "iso-8859-4 iso_8859-4 latin4 l4",
    "iso8859-5": "iso-8859-5 iso_8859-5 cyrillic iso-ir-144",
    "iso8859-6": "iso-8859-6 iso_8859-6 arabic iso-8859-6-i iso-8859-6-e asmo-708",
    "iso8859-7": "iso-8859-7 iso_8859-7 greek greek8 elot_928",
    "iso8859-8": "iso-8859-8 iso_8859-8 hebrew iso-8859-8-i iso-8859-8-e logical visual",
    "cp1254": "windows-1254 x-cp1254 iso-8859-9 iso_8859-9 iso8859-9 latin5 l5 turkish win-1254",
    "iso8859-10": "iso-8859-10 latin6 l6",
    "cp874": "windows-874 tis-620 iso-8859-11 dos-874 tis620 thai x-windows-874",
    "iso8859-13": "iso-8859-13 latin7",
    "iso8859-14": "iso-8859-14 latin8",
    "iso8859-15": "iso-8859-15 iso8859-15 iso_8859-15 latin9 latin-9 l9 iso885915",
    "iso8859-16": "iso-8859-16 latin10",
    "cp1251": "windows-1251 x-cp1251 win-1251 windows1251 cp-1251 win1251",
    "cp1253": "windows-1253 x-cp1253",
    "cp1255": "windows-1255 x-cp1255",
    "cp1256": "windows-1256 x-cp1256",
    "cp1257": "windows-1257 x-cp1257",
    "cp1258": "windows-1258 x-cp1258",
    "koi8-r": "koi8r koi8_r koi koi8 cskoi8r",
    "koi8-u": "koi8u koi8-ru koi8_u",
    "cp866": "ibm866 866 csibm866 dos-866",
    "cp437": "ibm437 437 oem-437",
    "cp850": "ibm850 850 cp-850 oem-850",
    "cp852": "ibm852 852",
    "cp855": "ibm855",
    "cp857": "ibm857",
    "cp858": "ibm858 ibm00858",
    "cp862": "ibm862",
    "mac-roman": "macintosh x-mac-roman macroman mac x-macroman",
    "mac-cyrillic": "x-mac-cyrillic",
    "mac-greek": "x-mac-greek",
    "mac-turkish": "x-mac-turkish",
    "mac-latin2": "x-mac-ce x-mac-centraleurroman",
    "gb18030": "gb2312 gbk cp936 gb_2312-80 gb2312-80 x-gbk euc-cn csgb2312 chinese gb18030-2022 "
    "ms936 windows-936 gb_2312 eucgb2312-cn",
    "hz": "hz-gb-2312 hz-gb2312",
    "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5 csbig5 cp950 big-5 ms950 windows-950 big5-eten",
    "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji ms932 windows-31j csshiftjis shiftjis "
    "x-ms-cp932 cswindows31j",
    "euc-jp": "x-euc-jp eucjp x-euc euc_jp cseucpkdfmtjapanese",
    "iso-2022-jp": "csiso2022jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-ms cp50220 "
    "cp50221 iso2022jp iso2022-jp jis x-windows-iso2022jp",
    "cp949": "euc-kr ks_c_5601-1987 ks_c_5601 ks_c_5601-1989 ksc5601 ksc_5601 korean windows-949 "
    "uhc cseuckr euckr euc_kr x-windows-949 ms949 ks_c_5601_1987 5601",
    "iso-2022-kr": "iso2022-kr csiso2022kr",
    "johab": "cp1361",
    "ptcp154": "cyrillic-asian",
}
_CODECS = {name: codec for codec, names in _ALIASES.items() for name in [codec, *names.split()]}

# Labels that state nothing; ASCII among them, because what it cannot hold is the question.
_NO_LABEL = {
    "",
    "binary",
    "8bit",
    "7bit",
    "unknown-8bit",
    "x-unknown",
    "unknown",
    "default",
    "none",
}
_NO_LABEL |= {"x-user-defined", "iso-8859", "charset", "_autodetect_all", "_autodetect", "auto"}
_NO_LABEL |= {"us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us", "us", "646", "usascii"}
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_JIS_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\$\([DOPQ]|\([BJIH]|&@\x1b\$B)")
_ESCAPED_JAPANESE = re.compile(rb"\x1b\$(?:[@B]|\([DOPQ])")

# What is never shown: C0 but line feed and tab, DEL, C1, surrogates, and the marks that turn the
# direction of what follows them (a file name or a sentence could be made to read backwards).
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
_LINE_ENDS = re.compile("\r\n|\r|\u2028|\u2029|\x0b|\x0c|\x85")


def codec_of(label: str) -> str | None:
    """The codec for a charset label, or None if the label is empty or not on the list."""
    name = _name(label)
    return _CODECS.get(name) or _CODECS.get(name.replace("_", "-"))


def _name(label: str) -> str:
    """The bare name: without quotes and brackets, the `3D` of a torn header, what follows it."""
    name = label.strip("\"'`<>[](){};,:=\t\r\n ").lower().removeprefix("3d").lstrip("\"' ")
    return re.split(r"[;\s*\"',]", name, maxsplit=1)[0]


def decode(raw: bytes, label: str, defects: Defects, *, hint: str = "") -> str:
    """The text of these bytes: by the label, as UTF-8, by a guess, at last by force.

    `hint` is a second label (of the mail as a whole) that is tried before guessing. Never fails.
    """
    for mark, by_mark in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(by_mark, "replace")
    codec = codec_of(label)
    if codec is None and _name(label) not in _NO_LABEL:
        defects.add(f"Unknown character set '{readable(label)[:60]}'.")
    labelled = _by_label(raw, codec) if codec else None
    if labelled is not None:
        return labelled
    if codec is not None:
        defects.add(f"A text is not in its stated character set '{codec}'; another was guessed.")
    return _without_label(raw, codec, codec_of(hint))


def clean(text: str) -> str:
    """Text as it is stored: line ends are \\n, no control characters or surrogates, NFC."""
    text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", text)


def readable(text: str) -> str:
    """One line of clean text: breaks and tabs become spaces."""
    return clean(re.sub(r"[\r\n\t\x0b\x0c\x85\u2028\u2029]+", " ", text)).strip()


def _by_label(raw: bytes, codec: str) -> str | None:
    """The text if it really is in this charset, else None."""
    if _ESCAPED_JAPANESE.search(raw) and codec in {"iso-2022-jp", "cp1252", "utf-8"}:
        return _japanese(raw)
    hidden = _hidden_utf8(raw, codec)
    if hidden is not None:
        return hidden
    if codec == "cp1252":
        return _western(raw)
    text = _strict(raw, codec)
    if text is None and codec == "utf-8":
        return _with_pairs(raw)
    return text if text is not None or codec == "utf-7" else _nearly(raw, codec)


def _with_pairs(raw: bytes) -> str | None:
    """UTF-8 in which characters beyond the first plane stand as two halves, as Java writes them."""
    if b"\xed" not in raw:
        return None
    try:
        halves = raw.decode("utf-8", "surrogatepass")
        return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeError:
        return None


def _hidden_utf8(raw: bytes, codec: str) -> str | None:
    """The text if it is UTF-8 under another label.

    Text of a one-byte charset that is also valid UTF-8 with characters beyond ASCII is practically
    always UTF-8; with two-byte charsets a few characters may be both by chance.
    """
    if raw.isascii() or codec == "utf-8" or codec.startswith(("utf", "iso-2022", "hz")):
        return None
    text = _strict(raw, "utf-8")
    if text is None:
        return None
    needed = 4 if codec in {"gb18030", "big5hkscs", "cp932", "euc-jp", "cp949", "johab"} else 1
    return text if sum(char >= "\x80" for char in text) >= needed else None


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _nearly(raw: bytes, codec: str) -> str | None:
    """With replacement characters, if they are few: some bytes were damaged, the label is right."""
    try:
        text = raw.decode(codec, "replace")
    except (UnicodeError, LookupError, ValueError):
        return None
    return text if text.count("\ufffd") * 20 <= len(text) else None


def _without_label(raw: bytes, codec: str | None, hint: str | None) -> str:
    text = _strict(raw, "utf-8")
    if text is not None:
        return _japanese(raw) if _ESCAPED_JAPANESE.search(raw) else text
    nearly = _nearly(raw, "utf-8")
    if nearly is not None and _has_real_utf8(raw):
        return nearly
    if hint is not None and hint != codec and hint != "utf-8":
        text = _by_label(raw, hint)
        if text is not None:
            return text
    return guessing.decode_by_guess(raw) or _western(raw)


def _has_real_utf8(raw: bytes) -> bool:
    """Whether whole UTF-8 sequences stand in it, so that single wrong bytes are damage."""
    return re.search(rb"[\xc3-\xef][\x80-\xbf](?:[\x80-\xbf]|(?=[\x00-\x7f]))", raw) is not None


def _western(raw: bytes) -> str:
    """Windows-1252, with the five bytes that it leaves open read as spaces of nothing."""
    return raw.decode("cp1252", "replace").replace("\ufffd", "") if raw else ""


def _japanese(raw: bytes) -> str:
    """ISO-2022-JP with the vendor characters that the standard codec refuses.

    Each stretch of two-byte characters is shifted to Shift-JIS, where cp932 knows them all.
    """
    out: list[str] = []
    mode = b"\x1b(B"
    position = 0
    for escape in [*_JIS_ESCAPE.finditer(raw), None]:
        end = escape.start() if escape else len(raw)
        out.append(_japanese_stretch(raw[position:end], mode))
        if escape:
            mode, position = escape.group(), escape.end()
    return "".join(out)


def _japanese_stretch(raw: bytes, mode: bytes) -> str:
    if mode == b"\x1b(I":  # half-width kana
        return bytes(byte | 0x80 for byte in raw).decode("cp932", "replace")
    if mode.startswith(b"\x1b$"):
        return _shifted(raw.replace(b"\r", b"").replace(b"\n", b"")).decode("cp932", "replace")
    return raw.decode("utf-8", "replace")


def _shifted(raw: bytes) -> bytes:
    """JIS X 0208 pairs as Shift-JIS pairs."""
    out = bytearray()
    for high, low in zip(raw[::2], raw[1::2], strict=False):
        row, cell = high - 0x21, low - 0x21
        if not (0 <= row < 94 and 0 <= cell < 94):
            continue
        lead = row // 2 + (0x81 if row < 62 else 0xC1)
        trail = (cell + 0x40 + (cell >= 63)) if row % 2 == 0 else cell + 0x9F
        out += bytes((lead, trail))
    return bytes(out)
