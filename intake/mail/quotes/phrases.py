"""What mail programs write around a quoted mail, in the languages that they speak."""
# ruff: noqa: RUF001 - letters of other scripts are meant here

import re


def _any_of(*groups: str) -> str:
    """Alternatives out of lists divided by bars; a blank stands for any white space."""
    words = [word.strip() for group in groups for word in group.split("|") if word.strip()]
    return "|".join(
        re.escape(word).replace("\\ ", r"\s+") for word in sorted(words, key=len, reverse=True)
    )


# -- Headers of a quoted mail, one per line: "From:", "Sent:", "To:", "Subject:" -------------------

FROM = _any_of(
    "From|Von|De|Da|Van|Från|Fra|Lähettäjä|Od|Odesílatel|Odosielateľ|Feladó|От|От кого|Від",
    "Від кого|Από|Kimden|Gönderen|De la|Expéditeur|Remitente|Remetente|Mittente|Afzender",
    "Avsändare|Avsender|Afsender|Absender|Nadawca|Expeditor|Pošiljatelj|Šalje|Saatja|Nuo|No",
    "Sūtītājs|Подател|Пошиљалац|发件人|寄件者|寄件人|发送者|差出人|送信者|From|보낸 사람",
    "보낸사람|발신|보낸이|מאת|من|المرسل|Dari|Từ|จาก|प्रेषक",
)
DATE = _any_of(
    "Sent|Date|Sent on|Gesendet|Gesendet am|Datum|Envoyé|Envoyé le|Date d'envoi|Enviado",
    "Enviado el|Fecha|Enviada em|Enviado em|Enviada|Data|Data de envio|Inviato|Inviata",
    "Verzonden|Datum verzonden|Skickat|Skickat den|Sendt|Dato|Sendt dato|Lähetetty|Päivämäärä",
    "Päiväys|Pvm|Wysłano|Wysłane|Data wysłania|Odesláno|Odoslané|Dátum|Elküldve|Küldve",
    "Отправлено|Дата|Отправлен|Надіслано|Відправлено|Ημερομηνία|Εστάλη|Στάλθηκε|Gönderildi",
    "Gönderme Tarihi|Gönderilme Tarihi|Tarih|Trimis|Trimis la|Poslano|Poslato|Saadetud",
    "Kuupäev|Išsiųsta|Nosūtīts|Изпратено|Послато|发送时间|发送日期|日期|时间|寄件日期",
    "傳送時間|传送时间|送信日時|送信日|日付|日時|보낸 날짜|보낸날짜|날짜|보낸 시간|תאריך|נשלח",
    "בתאריך|التاريخ|تاريخ الإرسال|تم الإرسال|أرسلت|Tanggal|Terkirim|Ngày|Đã gửi|วันที่",
    "ส่งเมื่อ",
)
TO = _any_of(
    "To|An|À|A|Para|Aan|Till|Til|Vastaanottaja|Do|Komu|Címzett|Кому|Получатель|Προς|Kime",
    "Alıcı|Către|Destinataire|Destinataires|Destinatario|Destinatário|Ontvanger|Empfänger",
    "Mottagare|Mottaker|Modtager|Prima|Za|Kam|Saaja|Kellele|Adresatas|До|收件人|宛先",
    "받는 사람|받는사람|수신|אל|إلى|Kepada|Đến|Tới|ถึง",
)
SUBJECT = _any_of(
    "Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|Ämne|Emne|Aihe|Temat|Předmět|Predmet",
    "Tárgy|Тема|Θέμα|Konu|Subiect|Assunto|Naslov|Zadeva|Teema|Tema|Temats|Относно|主题|主旨",
    "主題|标题|件名|題名|제목|נושא|الموضوع|Subjek|Perihal|Chủ đề|Tiêu đề|เรื่อง|หัวข้อ",
)
OTHER = _any_of(
    "Cc|CC|Bcc|Kopie|Copie|Copie à|Copia|Cópia|Kopia|Kopi|Kopio|Kópia|Másolatot kap|Копия",
    "Копія|Κοιν|Κοινοποίηση|Bilgi|抄送|副本|참조|עותק|Reply-To|Antwort an|Répondre à",
    "Responder a|Rispondi a|Importance|Priority|Priorität|Wichtigkeit|Attachments|Anlagen",
    "Pièces jointes|Organization|Organisation|نسخة",
)

# -- Lines that stand above a quoted mail ----------------------------------------------------------

ORIGINAL = _any_of(
    "Original Message|Original message|Original Appointment|Original email|Original e-mail",
    "Reply message|Reply Message|Original mail|Previous message|Previous Message",
    "Ursprüngliche Nachricht|Originalnachricht|Original-Nachricht|Original Nachricht",
    "Original-Mail|Ursprüngliche Mail|Ursprünglicher Termin|Urspr. Mitteilung|Originalmail",
    "Antwort-Nachricht|Message d'origine|Message d’origine|Message original|Mail original",
    "Message initial|Mail d'origine|Message précédent|Courriel original|Message envoyé",
    "Mensaje original|Mensaje Original|Correo original|Messaggio originale",
    "Messaggio Originale|Messaggio inoltrato in origine|Mensagem original|Mensagem Original",
    "Oorspronkelijk bericht|Oorspronkelijke bericht|Origineel bericht|Oorspronkelijke e-mail",
    "Ursprungligt meddelande|Originalmeddelande|Ursprungsmeddelande|Oprindelig meddelelse",
    "Oprindelig besked|Oprindelig e-mail|Opprinnelig melding|Original melding",
    "Alkuperäinen viesti|Wiadomość oryginalna|Oryginalna wiadomość|Wiadomość Oryginalna",
    "Treść oryginalnej wiadomości|Původní zpráva|Původní e-mail|Pôvodná správa|Pôvodný e-mail",
    "Eredeti üzenet|Eredeti levél|Mesaj original|Mesajul original|Orijinal İleti|Özgün İleti",
    "Orijinal Mesaj|Orijinal mesaj|Asıl Mesaj|Исходное сообщение|Оригинальное сообщение",
    "Исходное письмо|Пересланное исходное сообщение|Оригінальне повідомлення",
    "Вихідне повідомлення|Початкове повідомлення|Αρχικό μήνυμα|Izvorna poruka",
    "Izvirno sporočilo|Originalna poruka|Oriģinālā ziņa|Originalus laiškas|Algne kiri",
    "Оригинално съобщение|原始邮件|原始信息|原始郵件|原邮件|元のメッセージ",
    "オリジナル メッセージ|Original Message|원본 메시지|원본 메일|원본메일|הודעה מקורית",
    "ההודעה המקורית|الرسالة الأصلية|رسالة أصلية|Pesan Asli|Thư gốc|Tin nhắn gốc|ข้อความเดิม",
    "ข้อความต้นฉบับ",
)
FORWARDED = _any_of(
    "Forwarded message|Forwarded Message|Forwarded by|Forwarded mail|Forwarded email",
    "Forwarded e-mail|Forwarded Mail|Weitergeleitete Nachricht|Weitergeleitete E-Mail",
    "Weitergeleitete Mail|Weitergeleitet von|Message transféré|Message transmis",
    "Message Transféré|Courriel transféré|Mensaje reenviado|Mensaje Reenviado",
    "Messaggio inoltrato|Messaggio Inoltrato|Mensagem encaminhada|Mensagem Encaminhada",
    "Mensagem reencaminhada|Doorgestuurd bericht|Doorgestuurde e-mail",
    "Vidarebefordrat meddelande|Vidarebefordrat brev|Videresendt besked",
    "Videresendt meddelelse|Videresendt melding|Videresendt e-mail|Edelleenlähetetty viesti",
    "Välitetty viesti|Edelleen lähetetty viesti|Przekazana wiadomość|Wiadomość przekazana",
    "Wiadomość przesłana dalej|Treść przekazanej wiadomości|Přeposlaná zpráva",
    "Přeposlaný e-mail|Preposlaná správa|Továbbított üzenet|Továbbított levél",
    "Mesaj redirecționat|Mesaj transmis mai departe|Mesaj înaintat|Yönlendirilmiş ileti",
    "İletilen mesaj|Yönlendirilen ileti|Пересылаемое сообщение|Пересланное сообщение",
    "Переадресованное сообщение|Пересылаемое письмо|Переслане повідомлення",
    "Перенаправлене повідомлення|Προωθημένο μήνυμα|Proslijeđena poruka|Posredovano sporočilo",
    "Prosleđena poruka|Препратено съобщение|转发邮件|转发的邮件|轉寄郵件|轉寄的郵件",
    "已转发邮件|转发信息|轉寄訊息|転送メッセージ|転送されたメッセージ|Forwarded Message",
    "전달된 메시지|전달된 메일|הודעה שהועברה|رسالة مُعاد توجيهها|رسالة معاد توجيهها",
    "Pesan terusan|Thư chuyển tiếp|ข้อความส่งต่อ",
)
FORWARD_BEGINS = _any_of(
    "Begin forwarded message|Anfang der weitergeleiteten Nachricht",
    "Anfang der weitergeleiteten E-Mail|Beginn der weitergeleiteten Nachricht",
    "Début du message transféré|Début du message réexpédié|Inicio del mensaje reenviado",
    "Inizio messaggio inoltrato|Início da mensagem encaminhada",
    "Início da mensagem reencaminhada|Begin doorgestuurd bericht|Vidarebefordrat brev",
    "Start på vidarebefordrat brev|Start på videresendt besked|Videresendt melding",
    "Start på videresendt melding|Välitetty viesti alkaa|Początek przekazywanej wiadomości",
    "Začátek přeposílané zprávy|Začiatok preposlanej správy|Továbbított üzenet kezdete",
    "Начало переадресованного сообщения|Начало пересылаемого сообщения",
    "Αρχή προωθημένου μηνύματος|İletilmiş ileti başlangıcı|Başlangıç|下面是被转发的邮件",
    "以下是轉寄的郵件|转发的邮件|転送されたメッセージ|전달된 메시지의 시작",
    "תחילת ההודעה שהועברה",
)
REPLY_MARKER = _any_of(
    "Please type your reply above this line|Please reply above this line",
    "Reply above this line|Type your reply above this line|Write above this line to reply",
    "Please do not write below this line|Please enter your reply above this line",
    "Replies above this line|Reply ABOVE THIS LINE|Bitte antworten Sie oberhalb dieser Zeile",
    "Bitte geben Sie Ihre Antwort über dieser Zeile ein|Antworten Sie oberhalb dieser Zeile",
    "Bitte oberhalb dieser Linie antworten|Bitte schreiben Sie Ihre Antwort über diese Zeile",
    "Bitte Antwort oberhalb dieser Linie schreiben",
    "Veuillez saisir votre réponse au-dessus de cette ligne|Répondez au-dessus de cette ligne",
    "Merci de répondre au-dessus de cette ligne",
    "Por favor, escriba su respuesta sobre esta línea",
    "Escriba su respuesta por encima de esta línea|Responda por encima de esta línea",
    "Scrivi la tua risposta sopra questa riga|Rispondi sopra questa riga",
    "Si prega di rispondere sopra questa riga|Typ uw antwoord boven deze regel",
    "Gelieve uw antwoord boven deze lijn te typen|Reageer boven deze regel",
    "Digite sua resposta acima desta linha|Responda acima desta linha",
    "Escreva a sua resposta acima desta linha|Skriv ditt svar ovanför denna rad",
    "Skriv dit svar over denne linje|Skriv svaret ditt over denne linjen",
    "Wpisz odpowiedź powyżej tej linii|Odpowiedz powyżej tej linii",
    "Napište odpověď nad tento řádek|Пожалуйста, введите ваш ответ выше этой строки",
    "Ответьте выше этой строки|请在此线上方回复|この線より上に返信",
)

# -- "On Monday, Jane wrote:" ----------------------------------------------------------------------

WROTE = _any_of(
    "wrote|writes|said|says|has written|sent the following message|schrieb|schrieben",
    "geschrieben|schreibt|schrieb am|schrieb um|a écrit|écrit|a ecrit|écrivait|ecrit",
    "nous a dit|escribió|escribio|escribía|ha escrito|ha scritto|scrive|scrisse|ha inviato",
    "escreveu|escreve|escreveu em|schreef|schreef op|geschreven|skrev|skrev den|skrev så här",
    "kirjoitti|napisał|napisała|napisał(a)|napisał/a|pisze|napisał(-a)|napsal|napsal(a)",
    "napsala|napísal|napísal(a)|napísala|napisal|napisala|írta|ezt írta|írta a következőt",
    "a scris|scrie|yazdı|şunları yazdı|şunu yazdı|yazmış|написал|написал(а)|написала|пишет",
    "писал|писал(а)|пише|написав|написав(-ла)|написав(ла)|написала(-в)|έγραψε|έγραψαν|napisao",
    "napisao je|je napisao/la|napisao/la|je napisal|rakstīja|rašė|parašė|kirjutas|написа|写道",
    "寫道|写|のメッセージ|さんは書きました|書きました|님이 작성|님이 작성함|작성|כתב|כתבה",
    "כתב/ה|كتب|كتبت|تمت كتابة ما يلي بواسطة|نوشت|menulis|đã viết|เขียนว่า|เขียน|ने लिखा",
    "va escriure|idatzi du|skrifaði|ka shkruar",
)
OPENER = _any_of(
    "On|At|In message|Am|Le|El|Il|Em|Op|Den|Dne|Dňa|Dnia|W dniu|Dana|Ngày|Vào|Pada|เมื่อ|Στις",
    "Την|Le jour|În|Pe|Tarihinde|Il giorno|El día|Il dì|No dia|Am Tag|Quoting|Zitat von",
    "Citando|Quoting|Em data|在|于|Den|Kl|Na|Dn|Po|U|Dana|בתאריך|ב|في|En|A|Il|Citerar",
    "Citerende|Selon",
)
QUOTING = _any_of(
    "Quoting|Zitat von|Zitiere|Citando|Citation de|Citazione di|Cytowanie|Citace|Citerar",
    "Citeren|Selon",
)

# -- Signatures ------------------------------------------------------------------------------------

SENT_FROM = (
    r"[(<\[*_~•\s]*(?:"
    + "|".join(
        (
            r"sent\s+(?:from|via|with|using|through)\b.{1,90}|sent\s+by\s+galaxy\b.{0,20}",
            r"(?:get|download|try)\s+(?:the\s+)?outlook\s+(?:for|app)\b.{0,60}",
            r"(?:send|written|posted|typed)\s+(?:from|on|with)\s+(?:my|a)\s+(?:i?phone|mobile|android|ipad|tablet|blackberry)\b.{0,60}",
            r"from\s+my\s+(?:i?phone|ipad|android|mobile|blackberry|samsung|cell|smartphone)\b.{0,40}",
            r"yahoo\s+mail(?::|\s+(?:for|stationery)).{0,60}",
            r"von\s+meinem\s+.{1,50}?\s+(?:gesendet|verschickt|versendet).{0,30}",
            r"(?:diese\s+(?:nachricht|e-?mail|mail)\s+wurde\s+)?von\s+(?:meinem|einem)\s+.{1,60}\s+gesendet.{0,20}",
            r"(?:diese\s+(?:nachricht|e-?mail|mail)\s+wurde\s+).{1,60}\s+gesendet.{0,20}",
            r"(?:gesendet|verschickt|versandt|versendet|geschrieben)\s+(?:von|mit|über|via|aus)\b.{1,80}",
            r"(?:holen\s+sie\s+sich|laden\s+sie)\s+outlook\b.{0,50}|outlook\s+für\s+(?:ios|android|mac).{0,40}",
            r"envoyé\s+(?:depuis|de|à\s+partir|avec|via|par)\b.{1,80}",
            r"(?:télécharger?|obtenez|obtenir|téléchargez)\s+(?:l['’]application\s+)?outlook\b.{0,50}",
            r"enviado\s+(?:desde|con|a\s+través|via|do|da|a\s+partir|pelo|pela|de|através)\b.{1,80}",
            r"(?:obtener|obtén|descargar|obter|obtenha|baixar|transferir)\s+(?:o\s+)?outlook\b.{0,50}",
            r"enviat\s+(?:des|amb)\b.{1,60}",
            r"invi(?:at)?o\s+(?:da|dal|con|tramite|mediante)\b.{1,80}",
            r"(?:ottieni|scarica)\s+outlook\b.{0,50}",
            r"(?:verstuurd|verzonden|gestuurd)\s+(?:vanaf|van|met|vanuit|via|door)\b.{1,80}",
            r"outlook\s+voor\s+(?:ios|android).{0,30}|(?:download)\s+outlook\b.{0,40}",
            r"skickat\s+(?:från|med|via)\b.{1,60}|hämta\s+outlook\b.{0,40}",
            r"sendt\s+(?:fra|med|via)\b.{1,60}|(?:hent|få|skaff\s+deg)\s+outlook\b.{0,40}",
            r"lähetetty\s+\S.{1,60}|hanki\s+outlook\b.{0,40}",
            r"wysła(?:ne|no|ny)\s+(?:z|ze|za\s+pomocą)\b.{1,60}|(?:pobierz|uzyskaj)\s+.{0,20}outlook\b.{0,40}",
            r"odesláno\s+(?:z|ze|pomocí|přes)\b.{1,60}|odoslané\s+(?:z|zo|pomocou)\b.{1,60}|získejte\s+outlook.{0,40}",
            r".{1,40}\s(?:küldve|küldtem)\.?|(?:el)?küldve\s+.{1,40}",
            r"trimis\s+(?:de|din|cu|prin)\b.{1,60}",
            r".{1,40}['’`\s](?:dan|den|umdan|imden|tan|ten|ndan|nden|ımdan)\s+gönderildi.?",
            r"отправлено\s+(?:с|из|через|от)\b.{1,80}|(?:надіслано|відправлено)\s+(?:з|із|через)\b.{1,60}",
            r"στάλθηκε\s+από\b.{1,60}|απεσταλμένο\s+από\b.{1,60}",
            r"posla(?:no|to)\s+(?:s|sa|z|iz|putem)\b.{1,60}|изпратено\s+от\b.{1,50}",
            r"发自.{1,40}|發自.{1,40}|[从從].{1,30}[发傳传]送|来自.{1,20}邮箱.{0,20}|通过.{1,30}发送",
            r".{1,40}から送信(?:されました)?|.{1,20}から送信",
            r".{1,30}에서\s*(?:보냄|보낸\s*메일)|나의\s.{1,20}보냄",
            r"נשלח\s*מ.{1,40}|(?:أُ?رسلت|مرسل(?:ة)?|تم\s+الإرسال)\s+من\b.{1,40}",
            r"dikirim\s+dari\b.{1,60}|được\s+gửi\s+từ\b.{1,60}|gửi\s+từ\b.{1,60}|ส่งจาก.{1,40}",
        )
    )
    + r")[)>\]*_.!\s]*"
)
LIST_FOOTER = (
    r"\bavast\b|\bavg\b.{0,30}vir|checked for viruses|auf viren geprüft|virus-free|virenfrei|"
    r"you received this message because|to unsubscribe (?:from|send)|mailing list\b|"
    r"unsubscribe\s*:|_{20,}\s*$|visit this group at|to view this discussion|um sich von dieser|"
    r"abmelden\b|désabonn"
)
DISCLAIMER = (
    r"confidential(?:ity)?\b|intended (?:only )?(?:for|recipient|solely)|disclaimer|privileged|"
    r"vertraulich|nur für den|adressaten bestimmt|irrtümlich erhalten|destinataire|confidentiel|"
    r"confidencial|riservat[oe]|vertrouwelijk|geadresseerde|konfidentiell|fortrolig|poufn|důvěrn|"
    r"конфиденциальн|virus[- ]free|avast|\bavg\b|scanned (?:by|for)|consider the environment|"
    r"before printing|virenfrei|antivirus|geprüft von|registered (?:office|in england)|"
    r"company (?:no|number|registration)|amtsgericht|registergericht|handelsregister|"
    r"geschäftsführ|external (?:e-?mail|sender)|caution:"
)

# -- Subjects --------------------------------------------------------------------------------------

FORWARD_PREFIX = (
    r"fwd?|wg|tr|rv|enc|vb|vl|i|pd|doorst|továbbítás|ilt|İlt|πρθ|转发|轉寄|転送|전달|пересл|"
    r"переслано|weitergeleitet|weiterleitung|transf|reenv"
)
