"""Bytes become text whatever their label says."""
# ruff: noqa: RUF001 - letters of other scripts are meant here

import pytest

from intake.mail import charsets
from intake.mail.limits import Defects

SENTENCES = {
    "de": ("Schöne Grüße aus Köln, die Lieferung fehlt", ["cp1252"]),
    "short": ("Grüße", ["cp1252"]),
    "pl": ("Dzień dobry, proszę o pomoc z zamówieniem. Łukasz Żółć", ["cp1250", "iso8859-2"]),
    "cs": ("Dobrý den, tiskárna nefunguje, prosím o pomoc. Jiří Řehoř", ["cp1250", "iso8859-2"]),
    "tr": ("Merhaba, yazıcı çalışmıyor, teşekkürler", ["cp1254"]),
    "ru": ("Здравствуйте, мой принтер не работает", ["koi8-r", "cp1251", "cp866"]),
    "uk": ("Добрий день, мій принтер не працює, дякую", ["cp1251", "koi8-u"]),
    "el": ("Καλημέρα, ο εκτυπωτής δεν λειτουργεί", ["cp1253"]),
    "hu": ("Jó napot, a nyomtató nem működik, köszönöm, őszintén", ["cp1250"]),
    "da": ("Hej, printeren virker ikke længere. Mange hilsner Søren Ågård", ["cp1252"]),
    "fr": ("Bonjour, j’ai reçu l’ordre en été, ça va à Noël – « merci »", ["cp1252"]),
    "es": ("¿Dónde está mi pedido? ¡Gracias! Año nuevo, mañana", ["cp1252"]),
    "he": ("שלום, המדפסת לא עובדת", ["cp1255"]),
    "ar": ("مرحبا، الطابعة لا تعمل", ["cp1256"]),
    "th": ("สวัสดีครับ เครื่องพิมพ์ไม่ทำงาน", ["cp874"]),
    "zh": ("你好，我的打印机坏了，请帮忙", ["gb18030"]),
    "tw": ("你好，我的印表機壞了，請幫忙處理", ["big5"]),
    "ja": ("こんにちは。プリンターが動きません。", ["cp932", "euc-jp", "iso-2022-jp"]),
    "ko": ("안녕하세요. 프린터가 작동하지 않습니다.", ["cp949"]),
}
CASES = [(text, codec) for text, codecs in SENTENCES.values() for codec in codecs]


@pytest.mark.parametrize(("text", "codec"), CASES)
def test_unlabelled_text_is_guessed(text: str, codec: str) -> None:
    assert charsets.decode(text.encode(codec), "", Defects()) == text


@pytest.mark.parametrize(("text", "codec"), CASES)
def test_labelled_text_is_read_by_its_label(text: str, codec: str) -> None:
    defects = Defects()
    assert charsets.decode(text.encode(codec), codec, defects) == text
    assert list(defects) == []


@pytest.mark.parametrize(("text", "codec"), CASES)
def test_utf8_under_another_label_is_recognised(text: str, codec: str) -> None:
    if codec == "iso-2022-jp":
        pytest.skip("a seven-bit charset has another way of failing")
    assert charsets.decode(text.encode("utf-8"), codec, Defects()) == text


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("ISO-8859-1", "cp1252"),
        ("gb2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("x-sjis", "cp932"),
        ("iso-8859-8-i", "iso8859-8"),
        ("unicode-1-1-utf-7", "utf-7"),
        ('"utf-8"', "utf-8"),
        ("3Dutf-8", "utf-8"),
        ("utf-8; format=flowed", "utf-8"),
        ("utf-8\x00", None),
        ("x-unknown", None),
        ("rot13", None),
        ("idna", None),
        ("zlib", None),
        ("", None),
    ],
)
def test_only_labels_of_the_list_have_a_codec(label: str, codec: str | None) -> None:
    assert charsets.codec_of(label) == codec


def test_a_wrong_label_is_a_defect() -> None:
    defects = Defects()
    assert charsets.decode("Grüße".encode("latin-1"), "utf-8", defects) == "Grüße"
    assert list(defects) == [
        "A text is not in its stated character set 'utf-8'; another was guessed."
    ]


def test_a_few_damaged_bytes_do_not_change_the_charset() -> None:
    raw = ("Привет, как дела? " * 5).encode() + b"\xff" + "Хорошо.".encode()
    assert charsets.decode(raw, "utf-8", Defects()).replace("\ufffd", "").endswith("Хорошо.")


def test_vendor_characters_of_japan_are_read() -> None:
    assert (
        charsets.decode(b"\x1b$B-!\x1b(B and \x1b(I1\x1b(B", "iso-2022-jp", Defects()) == "① and ｱ"
    )


def test_halves_of_characters_are_joined() -> None:
    assert charsets.decode(b"ok \xed\xa0\xbd\xed\xb8\x80", "utf-8", Defects()) == "ok \U0001f600"


def test_what_cannot_be_stored_is_taken_out() -> None:
    assert charsets.clean("a\x00b\r\nc\rd\ud800e\x07\u202ef\tg") == "ab\nc\ndef\tg"


def test_letters_are_composed() -> None:
    assert charsets.clean("u\u0308") == "ü"
