"""What happened at Kestrel in the last weeks: contracts, orders and words of thanks."""

from helpdesk.demo.script import (
    DAY,
    HOUR,
    Assigns,
    BreaksOpenly,
    Closes,
    CustomerWrites,
    Keeps,
    Notes,
    Promises,
    Replies,
    Solves,
    Story,
)

INVOICE = Story(
    "Second invoice for the same delivery",
    "fjord",
    "en",
    "billing",
    (
        CustomerWrites(
            6 * HOUR,
            "Hi,\n\nWe have received invoice 2026-1183 for the delivery of 3 November,"
            " which we paid"
            " on invoice 2026-1140 already. Please check, our accounts close on Friday.\n\nBest,\n"
            "Ingrid Halvorsen",
            files=("invoice-2026-1183.txt",),
        ),
        Assigns(5 * HOUR + 30, "sofie", "amara"),
        Replies(
            5 * HOUR,
            "amara",
            "Ingrid, you are right to ask: both invoices carry delivery note 88213. I have asked"
            " our bookkeeping to cancel the second one and will confirm in writing before your"
            " accounts close.",
        ),
        Promises(
            5 * HOUR - 2,
            "amara",
            "Write that invoice 2026-1183 is cancelled",
            DAY,
            "by_day",
            "email",
        ),
    ),
    type="problem",
)

MOVE = Story(
    "Move the contract to our new address",
    "okafor",
    "en",
    "billing",
    (
        CustomerWrites(
            DAY + 5 * HOUR,
            "Hello Kestrel, we move to Maashaven 40 on 1 December. Can the machine and the contract"
            " come along, and what does the move cost?\n\nChidi",
        ),
        Assigns(DAY + 4 * HOUR, "jonas", "jonas"),
        Replies(
            DAY + 3 * HOUR,
            "jonas",
            "Chidi, yes to both. I am asking the fitters what a Monday morning costs and will write"
            " the price to you.",
        ),
        Promises(
            DAY + 3 * HOUR - 3, "jonas", "Write with the price of the move", 5 * HOUR, "by", "email"
        ),
    ),
    type="request",
)

DECAF = Story(
    "Decaf erbij in de wekelijkse bestelling",
    "kade",
    "nl",
    "care",
    (
        CustomerWrites(
            4 * HOUR,
            "Hoi! Kunnen jullie vanaf volgende week twee kilo decaf toevoegen aan onze vaste"
            " bestelling op maandag? Dank!\n\nSaskia",
        ),
        Assigns(3 * HOUR + 30, "amara", "amara"),
    ),
    type="request",
)

CARD_READER = Story(
    "Kaartlezer vraagt om een pincode",
    "dental",
    "nl",
    "technical",
    (
        CustomerWrites(
            3 * HOUR + 20,
            "Geachte heer, mevrouw,\n\nDe kaartlezer op de automaat vraagt sinds vandaag om een"
            " pincode van de beheerder. Die hebben wij nooit gekregen.\n\nW. van Houten",
        ),
        Assigns(3 * HOUR, "sofie", "amara"),
        Notes(
            2 * HOUR + 40,
            "amara",
            "The code is on the delivery note, but I do not give it by mail: asked for the serial"
            " number first and will read it out on the phone.",
        ),
        Replies(
            2 * HOUR + 30,
            "amara",
            "Beste heer Van Houten, de code geef ik u graag door, om veiligheidsredenen alleen"
            " telefonisch. Kunt u mij het serienummer aan de zijkant sturen (begint met KX)?",
            then="pending",
        ),
    ),
    type="question",
)

QUIET = Story(
    "Quote for a quieter machine",
    "zuid",
    "en",
    "care",
    (
        CustomerWrites(
            DAY + 2 * HOUR,
            "Dear all, our readers complain about the noise of the grinder in the reading room. Do"
            " you have anything quieter, and what would it cost a month?\n\nNadia el Amrani",
        ),
        Assigns(DAY + HOUR, "jonas", "amara"),
        Promises(DAY + 55, "amara", "Call back with what we have", -DAY + 2 * HOUR, "by"),
        Keeps(
            DAY + 20,
            "amara",
            "She would like it in writing for her director. Two readers had complained by name.",
            minutes=6,
        ),
        Replies(
            DAY,
            "amara",
            "Nadia, we do: the GX-1 S grinds at 52 dB, about the level of a quiet conversation."
            " Before I name a price: how many cups a day does the reading room drink?",
            then="pending",
        ),
    ),
    type="request",
)

BOOKSHOP = Story(
    "Merci pour le dépannage",
    "toulouse",
    "fr",
    "technical",
    (
        CustomerWrites(
            20 * DAY,
            "Bonjour,\n\nLa machine ne chauffe plus depuis ce matin, alors que nous avons une"
            " lecture publique ce soir. Pouvez-vous nous aider ?\n\nHélène Faure",
        ),
        Assigns(20 * DAY - 20, "sofie", "jonas"),
        Replies(
            20 * DAY - 40,
            "jonas",
            "Bonjour Madame Faure, je vous appelle avant midi pour un premier diagnostic."
            " Si cela ne"
            " suffit pas, un technicien passe avant 17 h.",
        ),
        Promises(20 * DAY - 41, "jonas", "First diagnosis by phone", -20 * DAY + 4 * HOUR, "by"),
        Keeps(
            20 * DAY - 2 * HOUR,
            "jonas",
            "Safety thermostat had tripped. Pressed the red button together; it heats again.",
            minutes=7,
        ),
        Solves(20 * DAY - 3 * HOUR, "jonas"),
        Closes(16 * DAY - 3 * HOUR),
    ),
)

PLUMBER = Story(
    "Waterfilter vervangen, wanneer weer?",
    "gent",
    "nl",
    "care",
    (
        CustomerWrites(
            3 * DAY,
            "Dag, de filter is vorige week vervangen. Wanneer moet de volgende? Dan zet ik het in"
            " mijn agenda.\n\nLuc",
        ),
        Assigns(3 * DAY - HOUR, "amara", "amara"),
        Promises(
            3 * DAY - HOUR - 5, "amara", "Write when the filter is due", -2 * DAY, "by", "email"
        ),
        BreaksOpenly(
            3 * DAY - HOUR - 30,
            "amara",
            "The water report of Ghent is being renewed",
            "Luc, I promised you the month by tomorrow, and I cannot keep that: the city is just"
            " measuring the water anew. I would rather tell you now than let you wait.",
        ),
        Replies(
            3 * DAY - 2 * HOUR,
            "amara",
            "Luc, bij jullie waterhardheid (14 °dH) na zes maanden: in mei. Wij sturen in april"
            " vanzelf een bericht.",
            then="solved",
        ),
        Promises(
            3 * DAY - 2 * HOUR - 10,
            "amara",
            "Ask whether the new filter still tastes right",
            3 * DAY,
            "by",
            check_back=True,
        ),
    ),
    type="question",
)

CONTRACTS = (INVOICE, MOVE, DECAF, CARD_READER, QUIET, BOOKSHOP, PLUMBER)
