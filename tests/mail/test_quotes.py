"""The new part of a text, in the languages and forms that mail programs write."""
# ruff: noqa: RUF001, E501 - other scripts, and lines as mail programs write them

import pytest

from intake.mail import lines
from intake.mail.quotes import newpart

REPLY = "Thank you, it works again."
ATTRIBUTIONS = [
    "Example Support <support@desk.example> writes:",
    "2024-05-06 9:58 GMT+02:00 Example Support <support@desk.example>:",
    "Le lun. 6 mai 2024 à 09:58, Example Support <support@desk.example> a écrit :",
    "Le 06/05/2024 à 09:58, Example Support a écrit :",
    "El lun, 6 may 2024 a las 9:58, Example Support (<support@desk.example>)\nescribió:",
    "Il giorno lun 6 mag 2024 alle ore 09:58 Example Support <\nsupport@desk.example> ha scritto:",
    "Em seg., 6 de mai. de 2024 às 09:58, Example Support <support@desk.example>\nescreveu:",
    "Op ma 6 mei 2024 om 09:58 schreef Example Support <support@desk.example>:",
    "Op 6 mei 2024 om 09:58 heeft Example Support <support@desk.example> het volgende geschreven:",
    "Den mån 6 maj 2024 kl 09:58 skrev Example Support <support@desk.example>:",
    "man. 6. maj 2024 kl. 09.58 skrev Example Support <support@desk.example>:",
    "6. mai 2024 kl. 09:58 skrev Example Support <support@desk.example>:",
    "ma 6. toukok. 2024 klo 9.58 Example Support (support@desk.example)\nkirjoitti:",
    "pon., 6 maj 2024 o 09:58 Example Support <support@desk.example>\nnapisał(a):",
    "Dnia 6 maja 2024 09:58 Example Support <support@desk.example> napisał(a):",
    "po 6. 5. 2024 v 9:58 odesílatel Example Support <support@desk.example>\nnapsal:",
    "po 6. 5. 2024 o 9:58 Example Support <support@desk.example> napísal(a):",
    "Example Support <support@desk.example> ezt írta (időpont: 2024. máj.\n6., H, 9:58):",
    "În lun., 6 mai 2024 la 09:58, Example Support <support@desk.example> a scris:",
    "Example Support <support@desk.example>, 6 May 2024 Pzt, 09:58 tarihinde\nşunu yazdı:",
    "пн, 6 мая 2024 г. в 09:58, Example Support <support@desk.example>:",
    "06.05.2024 09:58, Example Support пишет:",
    "пн, 6 трав. 2024 р. о 09:58 Example Support <support@desk.example> пише:",
    "Στις Δευ 6 Μαΐ 2024 στις 9:58 π.μ., ο χρήστης Example Support <\nsupport@desk.example> έγραψε:",
    "Example Support <support@desk.example> 于2024年5月6日周一 09:58写道：",
    "Example Support <support@desk.example> 於 2024年5月6日 週一 上午9:58寫道：",
    "2024年5月6日(月) 9:58 Example Support <support@desk.example>:",
    "2024년 5월 6일 (월) 오전 9:58, Example Support <support@desk.example>님이 작성:",
    "‫בתאריך יום ב׳, 6 במאי 2024 ב-9:58 מאת ‪Example Support‬‏ <‪\nsupport@desk.example‬‏>:‬",
    "في الاثنين، ٦ مايو ٢٠٢٤ في ٩:٥٨ ص تمت كتابة ما يلي بواسطة ‪Example\nSupport‬‏ <‪support@desk.example‬‏>:‬",
    "Am Mo., 6. Mai 2024 um 09:58 Uhr schrieb Example Support <\nsupport@desk.example>:",
    "Am 06.05.24 um 09:58 schrieb Example Support:",
    "Am 06.05.2024 um 09:58 schrieb Example Support <support@desk.example>:",
    "On Mon, 2024-05-06 at 09:58 +0200, Example Support wrote:",
    "On Mon, May 06, 2024 at 09:58:24AM +0200, Example Support wrote:",
    "Vào Th 2, 6 thg 5, 2024 vào lúc 09:58 Example Support <support@desk.example> đã viết:",
    "Pada tanggal Sen, 6 Mei 2024 pukul 09.58 Example Support <support@desk.example> menulis:",
    "เมื่อ จ. 6 พ.ค. 2024 เวลา 09:58 Example Support <support@desk.example> เขียนว่า:",
    "pon, 6. svi 2024. u 09:58 Example Support <support@desk.example> napisao je:",
    "На пн, 6.05.2024 г. в 9:58 Example Support <support@desk.example> написа:",
    "Missatge de Example Support <support@desk.example> del dia dl., 6 de maig 2024 a les 9:58:",
    "Kontakt Example Support (<support@desk.example>) kirjutas kuupäeval E, 6. mai 2024 kell 09:58:",
    "2024-05-06, pr, 09:58 Example Support <support@desk.example> rašė:",
    "V V pon., 6. maj 2024 ob 09:58 je oseba Example Support <support@desk.example> napisala:",
    "пон, 6. мај 2024. у 09:58 Example Support <support@desk.example> је написао/ла:",
    "در تاریخ دوشنبه ۶ مه ۲۰۲۴،‏ ۹:۵۸ Example Support <support@desk.example> نوشت:",
]
HEADER_BLOCKS = [
    "Von: Example Support <support@desk.example>\nGesendet: Montag, 6. Mai 2024 09:58\nAn: Jane Doe\nCc: Bob\nBetreff: Drucker",
    "De : Example Support <support@desk.example>\nEnvoyé : lundi 6 mai 2024 09:58\nÀ : Jane Doe\nObjet : Imprimante",
    "De: Example Support <support@desk.example>\nEnviado el: lunes, 6 de mayo de 2024 9:58\nPara: Jane Doe\nAsunto: Impresora",
    "Da: Example Support <support@desk.example>\nInviato: lunedì 6 maggio 2024 09:58\nA: Jane Doe\nOggetto: Stampante",
    "De: Example Support <support@desk.example>\nEnviada em: segunda-feira, 6 de maio de 2024 09:58\nPara: Jane Doe\nAssunto: Impressora",
    "Van: Example Support <support@desk.example>\nVerzonden: maandag 6 mei 2024 09:58\nAan: Jane Doe\nOnderwerp: Printer",
    "Från: Example Support <support@desk.example>\nSkickat: den 6 maj 2024 09:58\nTill: Jane Doe\nÄmne: Skrivare",
    "Fra: Example Support <support@desk.example>\nSendt: 6. maj 2024 09:58\nTil: Jane Doe\nEmne: Printer",
    "Fra: Example Support <support@desk.example>\nSendt: mandag 6. mai 2024 09:58\nTil: Jane Doe\nEmne: Skriver",
    "Lähettäjä: Example Support <support@desk.example>\nLähetetty: maanantai 6. toukokuuta 2024 9:58\nVastaanottaja: Jane Doe\nAihe: Tulostin",
    "Od: Example Support <support@desk.example>\nWysłano: poniedziałek, 6 maja 2024 09:58\nDo: Jane Doe\nTemat: Drukarka",
    "Od: Example Support <support@desk.example>\nOdesláno: pondělí 6. května 2024 9:58\nKomu: Jane Doe\nPředmět: Tiskárna",
    "Od: Example Support <support@desk.example>\nOdoslané: pondelok 6. mája 2024 9:58\nKomu: Jane Doe\nPredmet: Tlačiareň",
    "Feladó: Example Support <support@desk.example>\nElküldve: 2024. május 6., hétfő 9:58\nCímzett: Jane Doe\nTárgy: Nyomtató",
    "De la: Example Support <support@desk.example>\nTrimis: luni, 6 mai 2024 09:58\nCătre: Jane Doe\nSubiect: Imprimanta",
    "Kimden: Example Support <support@desk.example>\nGönderildi: 6 Mayıs 2024 Pazartesi 09:58\nKime: Jane Doe\nKonu: Yazıcı",
    "От: Example Support <support@desk.example>\nОтправлено: 6 мая 2024 г. 9:58\nКому: Jane Doe\nТема: Принтер",
    "Від: Example Support <support@desk.example>\nНадіслано: понеділок, 6 травня 2024 р. 09:58\nКому: Jane Doe\nТема: Принтер",
    "Από: Example Support <support@desk.example>\nΕστάλη: Δευτέρα, 6 Μαΐου 2024 9:58\nΠρος: Jane Doe\nΘέμα: Εκτυπωτής",
    "发件人: Example Support <support@desk.example>\n发送时间: 2024年5月6日 9:58\n收件人: Jane Doe\n主题: 打印机",
    "寄件者: Example Support <support@desk.example>\n寄件日期: 2024年5月6日 上午 09:58\n收件者: Jane Doe\n主旨: 印表機",
    "差出人: Example Support <support@desk.example>\n送信日時: 2024年5月6日 9:58\n宛先: Jane Doe\n件名: プリンター",
    "보낸 사람: Example Support <support@desk.example>\n보낸 날짜: 2024년 5월 6일 월요일 오전 9:58\n받는 사람: Jane Doe\n제목: 프린터",
    "מאת: Example Support <support@desk.example>\nנשלח: יום שני 06 מאי 2024 09:58\nאל: Jane Doe\nנושא: מדפסת",
    "من: Example Support <support@desk.example>\nتم الإرسال: الاثنين، 6 مايو 2024 09:58\nإلى: Jane Doe\nالموضوع: الطابعة",
    "*From:* Example Support <support@desk.example>\n*Sent:* Monday, May 6, 2024 9:58 AM\n*To:* Jane Doe <jane.doe@example.com>\n*Subject:* Printer",
    "From: Example Support <support@desk.example>\nDate: Monday, 6 May 2024 at 09:58\nTo: Jane Doe <jane.doe@example.com>, Bob With A Very Long Name <bob@x.example>,\n Carla <carla@x.example>\nCc: Dora <dora@x.example>\nSubject: Printer",
]
PHONE_LINES = [
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy smartphone.",
    "Sent from Mail for Windows",
    "Sent from Outlook for Android",
    "Get Outlook for iOS",
    "Get Outlook for Android<https://aka.ms/AAb9ysg>",
    "Sent from Yahoo Mail for iPhone",
    "Sent with Proton Mail secure email.",
    "Von meinem iPhone gesendet",
    "Von meinem iPad gesendet",
    "Gesendet von meinem Samsung Galaxy Smartphone.",
    "Gesendet mit der GMX Mail App",
    "Gesendet mit der WEB.DE Mail App",
    "Gesendet von Outlook für Android",
    "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "Holen Sie sich Outlook für iOS",
    "Envoyé de mon iPhone",
    "Envoyé depuis mon appareil Galaxy",
    "Envoyé à partir de Outlook pour Android",
    "Télécharger Outlook pour iOS",
    "Obtenir Outlook pour Android",
    "Enviado desde mi iPhone",
    "Obtener Outlook para iOS",
    "Inviato da iPhone",
    "Inviato dal mio iPhone",
    "Ottieni Outlook per iOS",
    "Enviado do meu iPhone",
    "Obter o Outlook para iOS",
    "Verstuurd vanaf mijn iPhone",
    "Verzonden vanuit Outlook voor Android",
    "Skickat från min iPhone",
    "Hämta Outlook för iOS",
    "Sendt fra min iPhone",
    "Hent Outlook til iOS",
    "Lähetetty iPhonesta",
    "Hanki Outlook for iOS",
    "Wysłane z iPhone’a",
    "Pobierz aplikację Outlook dla systemu iOS",
    "Odesláno z iPhonu",
    "Odoslané z iPhonu",
    "Trimis de pe iPhone",
    "iPhone’umdan gönderildi",
    "iPhone'umdan gönderildi",
    "Отправлено с iPhone",
    "Отправлено из мобильной Почты Mail.ru",
    "Надіслано з iPhone",
    "Στάλθηκε από το iPhone μου",
    "iPhoneから送信",
    "发自我的iPhone",
    "發自我的 iPhone",
    "從我的 iPhone 傳送",
    "나의 iPhone에서 보냄",
    "أرسلت من الـ iPhone",
    "נשלח מה-iPhone שלי",
    "<<sent by galaxy>>",
    "(Sent from mobile device)",
    "Sent from my mobile device, please excuse typos.",
    "From My Iphone 6",
    "Sent from BlueMail",
    "Sent from Gmail Mobile",
    "Sent via Superhuman",
    "Sent from Mailspring, the best free email app",
    "*Sent from my iPhone*",
    "_____________________________\nSent from my iPhone",
    "Sent from my Huawei Mobile",
    "Verzonden met BlackBerry",
    "Enviado desde Outlook",
    "Invio da dispositivo mobile",
    "Küldve az iPhone-omról",
    "Az iPhone készülékemről küldve",
    "Poslano s mog iPhonea",
    "Dikirim dari iPhone saya",
]


def _new_part(text: str, subject: str = "") -> str:
    return lines.shown(newpart.find(lines.from_text(text), subject=subject).lines)


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attributed_quote_is_left_out(attribution: str) -> None:
    text = f"{REPLY}\n\n{attribution}\n\n> Please restart the printer.\n> Regards\n"
    assert _new_part(text) == REPLY


@pytest.mark.parametrize("attribution", ATTRIBUTIONS[1:])
def test_an_attributed_quote_without_marks_is_left_out(attribution: str) -> None:
    text = f"{REPLY}\n\n{attribution}\n\nPlease restart the printer.\nRegards\n"
    assert _new_part(text) == REPLY


@pytest.mark.parametrize("block", HEADER_BLOCKS)
def test_what_stands_below_a_block_of_headers_is_left_out(block: str) -> None:
    assert _new_part(f"{REPLY}\n\n{block}\n\nPlease restart the printer.\n") == REPLY


@pytest.mark.parametrize("line", PHONE_LINES)
def test_the_line_of_a_phone_is_left_out(line: str) -> None:
    assert _new_part(f"It does not work.\n\n{line}\n") == "It does not work."


@pytest.mark.parametrize(
    "separator",
    [
        "-----Original Message-----",
        "-------- Original message --------",
        "------ Original Message ------",
        "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐",
        "-----Ursprüngliche Nachricht-----",
        "-------- Ursprüngliche Nachricht --------",
        "-----Message d'origine-----",
        "-----Mensaje original-----",
        "-----Messaggio originale-----",
        "-----Oorspronkelijk bericht-----",
        "-----Mensagem original-----",
        "-----Ursprungligt meddelande-----",
        "-----Oprindelig meddelelse-----",
        "-----Wiadomość oryginalna-----",
        "-----Původní zpráva-----",
        "-----Eredeti üzenet-----",
        "-------- Исходное сообщение --------",
        "------------------ 原始邮件 ------------------",
        "----- 元のメッセージ -----",
        "-----원본 메시지-----",
        "-----Orijinal Mesaj-----",
        "##- Please type your reply above this line -##",
        "--- Bitte antworten Sie oberhalb dieser Zeile ---",
    ],
)
def test_what_stands_below_a_separator_is_left_out(separator: str) -> None:
    assert _new_part(f"{REPLY}\n\n{separator}\nPlease restart the printer.\n") == REPLY


@pytest.mark.parametrize(
    "prefix", ["Fwd: ", "FW: ", "WG: ", "TR: ", "RV: ", "[List] Fwd: ", "Enc: "]
)
def test_a_forwarded_mail_is_kept(prefix: str) -> None:
    text = f"Look at this.\n\n{HEADER_BLOCKS[0]}\n\nThe parcel is lost.\n"
    assert "The parcel is lost." in _new_part(text, prefix + "Parcel")


@pytest.mark.parametrize(
    "marker",
    [
        "---------- Forwarded message ---------",
        "-------- Weitergeleitete Nachricht --------",
        "Begin forwarded message:",
        "Anfang der weitergeleiteten Nachricht:",
        "Début du message transféré :",
        "---------- Mensaje reenviado ---------",
    ],
)
def test_a_mail_below_a_forward_marker_is_kept(marker: str) -> None:
    text = f"Look.\n\n-- \nJane\n\n{marker}\nFrom: Bob <bob@example.com>\n\nThe parcel is lost.\n"
    found = _new_part(text)
    assert found.startswith("Look.")
    assert "The parcel is lost." in found
    assert "Jane" not in found


def test_a_forward_within_an_answered_mail_is_left_out() -> None:
    text = f"{REPLY}\n\nOn 06.05.24 09:58, Mia wrote:\n> Begin forwarded message:\n> From: Bob\n"
    assert _new_part(text, "Re: Fwd: Parcel") == REPLY


def test_answers_between_quotes_keep_the_quotes() -> None:
    text = "On 06.05.24 09:58, Mia wrote:\n> Which one?\n\nThe red.\n\n> Since when?\n\nMay.\n"
    assert _new_part(text) == "> Which one?\n\nThe red.\n\n> Since when?\n\nMay."


def test_an_answer_below_the_quote_stands_alone() -> None:
    assert _new_part(f"On 06.05.24 09:58, Mia wrote:\n> Which one?\n\n{REPLY}\n") == REPLY


def test_a_mail_of_only_quotes_is_shown_whole() -> None:
    assert _new_part("> one\n> two\n") == "> one\n> two"


def test_a_mail_of_only_a_signature_is_shown_whole() -> None:
    assert _new_part("-- \nJane Doe\n") == "--\nJane Doe"


@pytest.mark.parametrize("delimiter", ["-- ", "--", "—"])
def test_a_signature_below_its_delimiter_is_left_out(delimiter: str) -> None:
    assert _new_part(f"{REPLY}\n\n{delimiter}\nJane Doe\nExample GmbH\n") == REPLY


@pytest.mark.parametrize(
    "text",
    [
        "We need:\n- paper\n- toner\n-- two boxes\nThanks",
        "Your colleague wrote:\n“We will call you.”\nNobody called.",
        "Booking\n\nFrom: London\nTo: Paris\nDate: 12 June\nPersons: 2",
        "On Monday 6 May I wrote to you about:\n1. the lamp\n2. the chair",
        "My questions:\n\n1. When?\n2. Where?\n\nPlease answer soon.",
        "The label says:\nFrom: Berlin\nTo: Rome",
        "Sent from warehouse 7 on Monday, it never arrived here.\nWhere is it?",
        "Error at 10:15:\nprinter@host failed\nagain and again",
    ],
)
def test_ordinary_words_are_no_quote(text: str) -> None:
    assert _new_part(text) == text


def test_a_wall_of_lines_is_read_in_time() -> None:
    text = "On Monday, 6 May 2024 at 10:00 somebody somewhere said something:\n" * 5_000
    assert _new_part(text)
