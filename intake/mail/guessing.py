"""Which charset unlabelled bytes are in, by how much the outcome looks like somebody's writing.

General detectors need a page of text; a subject or a short mail has a line. Every candidate is
decoded and scored; what is no letter in the middle of a word, or a mixture of scripts, costs.
"""
# ruff: noqa: RUF001 - letters and marks of other scripts are meant here

import unicodedata
from functools import lru_cache
from itertools import pairwise

_SAMPLE = 8_000  # bytes
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257")
_OTHER = ("cp1251", "koi8-u", "cp866", "cp1253", "cp1255", "cp1256", "cp874")
_ASIAN = ("gb18030", "big5hkscs", "cp932", "euc-jp", "cp949")

# Characters that fill much of ordinary text in their script.
_COMMON = frozenset(
    "äöüßéèàçñáíóúâêîôûåæøœãõąćęłńśźżčďěňřšťůýžőűășțğıİ"
    "ÄÖÜÉÈÀÇÑÁÍÓÚÅØŁŚŻČŘŠŽ“”„’‘–—«»…€§°¿¡"
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么"
    "心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样"
    "现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打"
    "便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总"
    "您请谢谢修复订单收货款退换货联系客服邮件坏帮忙網這來說個們為會對時過還發開無經頭長樣現將與進實點種聲話"
    "請謝單貨聯係問題電東氣關並內產總體別處"
    "оеаинтсрвлкмдпуяьыОПДЗС"
    "ієї"
    "αοιετσνηυρπκμλςόάέή"
    "יוהלארתבמשנ"
    "اليمنتروبة"
    "กขคงจชดตถทนบปผพมยรลวสหอะาิีึืุูเแโใไ่้์ั็ๆ"
    "이다는을를의에가고하지도로사한기아어은나리자시그안녕세요습니까입감합주문해서인으있부만대일보수과전정"
)
# What an uncommon letter is worth, by script.
_OF_SCRIPT = {
    "CJK": 0.1,
    "HANGUL": 0.5,
    "HALFWIDTH": 0.2,
    "HIRAGANA": 1.0,
    "KATAKANA": 0.9,
    "LATIN": 0.4,
    "THAI": 0.2,
}

# The letters beyond ASCII of languages in Latin script: a text uses those of one of them.
_ALPHABETS = tuple(
    frozenset(letters)
    for letters in (
        "äöüßéèàáâêç",
        "àâæçèéêëîïôœùûüÿ",
        "áéíñóúü",
        "àèéìíòóùú",
        "áâãàçéêíóôõúü",
        "åäöéü",
        "æøåéäö",
        "áðéíóúýþæö",
        "ąćęłńóśźż",
        "áčďéěíňóřšťúůýž",
        "áäčďéíĺľňóôŕšťúýž",
        "áéíóöőúüű",
        "ăâîșțşţ",
        "çğıöşüâîû",
        "čćđšž",
        "āčēģīķļņšūž",
        "ąčęėįšųūž",
        "õäöüšž",
    )
)
_FITS = 0.5  # points for a text whose letters are of one language


def decode_by_guess(raw: bytes) -> str | None:
    """The most likely text, or None if no candidate can read the bytes."""
    sample = raw[:_SAMPLE]
    best: tuple[float, str] | None = None
    for codec in _candidates(sample):
        text = _decoded(sample, codec)
        if text is None:
            continue
        score = _score(text)
        if best is None or score > best[0] + 0.01:
            best = (score, codec)
    return raw.decode(best[1], "replace") if best else None


def _candidates(sample: bytes) -> tuple[str, ...]:
    """Text with few bytes above ASCII is Latin; with many it may be anything."""
    high = sum(byte >= 0x80 for byte in sample)
    letters = sum(chr(byte).isalpha() for byte in sample if byte < 0x80)
    if high * 3 <= letters:
        return _LATIN
    return (*_LATIN, *_OTHER, *_ASIAN)


def _decoded(sample: bytes, codec: str) -> str | None:
    for cut in range(4 if len(sample) == _SAMPLE else 1):  # it may end within a character
        try:
            return sample[: len(sample) - cut].decode(codec)
        except UnicodeError:
            continue
    return None


def _score(text: str) -> float:
    """Mean plausibility of the characters beyond ASCII; the more the better."""
    points, count = 0.0, 0
    for before, char in pairwise(" " + text):
        if char < "\x80":
            continue
        count += 1
        points += _worth(char) + _neighbour(before, char)
    return points / count + _fits(text) if count else 1.0


def _fits(text: str) -> float:
    beyond = {char.lower() for char in text if char >= "\x80" and char.isalpha() and char != "İ"}
    return _FITS if any(beyond <= alphabet for alphabet in _ALPHABETS) else 0.0


@lru_cache(maxsize=4096)
def _worth(char: str) -> float:
    if char in _COMMON:
        return 1.0
    category = unicodedata.category(char)
    if category in {"Cc", "Co", "Cn", "Cs"}:
        return -3.0
    script = _script(char)
    if category.startswith("L") or category == "Mn":
        return _OF_SCRIPT.get(script, 0.8)
    if script == "FULLWIDTH" or "\u3000" <= char <= "\u303f":  # punctuation of East Asia
        return 0.9
    return 0.2 if category.startswith("P") else -0.3


def _neighbour(before: str, char: str) -> float:
    """What it costs to stand beside the character before."""
    if not before.isalpha():
        return 0.0
    if not char.isalpha():
        return -1.0 if not unicodedata.category(char).startswith(("P", "M")) else -0.2
    if before.islower() and char.isupper():
        return -1.0
    return _together(before, char)


def _together(before: str, char: str) -> float:
    """What it costs that these two letters stand in one word."""
    scripts = {_script(before), _script(char)}
    if scripts == {"LATIN"}:
        return 0.0 if before.isascii() else -0.3
    if len(scripts) == 1 or scripts <= {"CJK", "HIRAGANA", "KATAKANA", "FULLWIDTH"}:
        return 0.0
    return -0.8


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    return unicodedata.name(char, "?").split(" ", maxsplit=1)[0].split("-", maxsplit=1)[0]
