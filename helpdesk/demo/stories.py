"""What happened at Kestrel in the last weeks: the machines."""

from helpdesk.demo.script import (
    DAY,
    HOUR,
    Assigns,
    CustomerWrites,
    Holds,
    Keeps,
    Moves,
    Notes,
    Promises,
    Replies,
    SetsPriority,
    Solves,
    Story,
)

GRINDER = Story(
    "Maler loopt vast, zaterdag is het markt",
    "marieke",
    "nl",
    "technical",
    (
        CustomerWrites(
            5 * HOUR,
            "Goedemorgen,\n\nSinds gisteren stopt de maler na twee of drie shots en staat er E14 op"
            " het scherm. Wij maken hem elke avond schoon. Zaterdag is hier de jaarmarkt, dat zijn"
            " ongeveer 400 kopjes, en dat kan ik niet met de hand doen.\n\nFoto van het scherm"
            " zit erbij.\n\nMet vriendelijke groet,\nMarieke de Wolf\nBakkerij de Wolf",
            files=("display-e14.png",),
        ),
        Assigns(4 * HOUR + 50, "sofie", "amara"),
        SetsPriority(4 * HOUR + 48, "amara", "high"),
        Replies(
            4 * HOUR + 40,
            "amara",
            "Marieke, dank je wel voor de foto. E14 betekent dat de motor van de maler te veel"
            " stroom trekt.\n\nTwee vragen, dan weet ik welke kant we op moeten:\n\n- Is"
            " de bonenbak"
            " deze week uit een **nieuwe zak** gevuld?\n- Klinkt de maler anders dan vorige week?",
        ),
        Notes(
            4 * HOUR + 5,
            "jonas",
            "Two other GX-2s from the March batch came in with E14. Recalibrating held for a day,"
            " then it returned. I would not count on it for a market day.",
        ),
        CustomerWrites(
            3 * HOUR + 30,
            "Dezelfde bonen als altijd, maandag een nieuwe zak. Het geluid is hoger dan eerst."
            " Laat me vandaag alsjeblieft weten wat er gaat gebeuren: ik moet beslissen of ik iets"
            " ga huren.",
        ),
        Promises(2 * HOUR + 10, "amara", "Call Marieke about Saturday", 46),
    ),
)

HOTEL = Story(
    "Geen technicus vanmorgen",
    "gent",
    "nl",
    "technical",
    (
        CustomerWrites(
            7 * HOUR,
            "Beste,\n\nEr zou vanochtend tussen 8 en 10 iemand langskomen voor de boiler. Het is nu"
            " na tienen en er is niemand geweest. Wij hebben 64 gasten aan het ontbijt gehad met"
            " één werkende machine.\n\nLuc Vermeulen\nHotel Meridian Gent",
        ),
        Assigns(6 * HOUR + 55, "jonas", "amara"),
        SetsPriority(6 * HOUR + 54, "amara", "urgent"),
        Notes(
            6 * HOUR + 30,
            "amara",
            "Planning moved the visit to tomorrow yesterday at 17:40 and told nobody. The van is in"
            " Antwerp; Pieter can be in Ghent around half past four.",
        ),
        Replies(
            6 * HOUR + 20,
            "amara",
            "Luc, you were promised a visit and nobody came. That is our mistake: the visit was"
            " moved and we did not tell you.\n\nPieter is on his way from Antwerp. I will ring the"
            " front desk as soon as I know his arrival to the quarter of an hour.",
        ),
        Promises(6 * HOUR, "amara", "Ring the front desk with Pieter’s arrival", 3 * HOUR, "at"),
    ),
    type="complaint",
)

TASTE = Story(
    "Beans taste burnt since the service",
    "paloma",
    "en",
    "technical",
    (
        CustomerWrites(
            DAY + 3 * HOUR,
            "Hello, since the yearly service on Monday every espresso tastes burnt. Same"
            " beans, same"
            " grind. The display shows 96 °C where it used to say 92. Was something changed?\n\n"
            "Inés",
        ),
        Assigns(DAY + 2 * HOUR, "sofie", "jonas"),
        Replies(
            DAY + HOUR,
            "jonas",
            "Inés, thank you for reading the display: that is the answer. The service"
            " resets the brew"
            " temperature to the factory’s 96 °C.\n\nHold *Menu* for five seconds, choose **Brew**,"
            " set 92 and press *Save*. Please tell me how the next cup tastes.",
            then="pending",
        ),
    ),
    type="question",
)

DESCALE = Story(
    "Ontkalkingsmelding blijft staan na firmware 4.2",
    "noord",
    "nl",
    "technical",
    (
        CustomerWrites(
            2 * DAY,
            "Dag,\n\nNa de update van vorige week naar 4.2 vraagt de machine in kantine 3 elke dag"
            " om ontkalken, ook direct na het ontkalken. Hoeft dat echt?\n\nBram Tiemersma",
        ),
        Assigns(DAY + 20 * HOUR, "jonas", "jonas"),
        Notes(
            DAY + 19 * HOUR,
            "jonas",
            "Third one this month. 4.2 counts litres from the last *cold* start, so"
            " machines that are"
            " never switched off ask every day. Reported to the maker, case K-2291.",
        ),
        Replies(
            DAY + 18 * HOUR,
            "jonas",
            "Bram, nee, ontkalken hoeft nu niet. Versie 4.2 telt verkeerd bij machines die altijd"
            " aan staan. Zet hem vanavond één keer helemaal uit, dan is de melding voor een week"
            " weg. De fabrikant werkt aan een oplossing.",
        ),
        Holds(DAY + 17 * HOUR, "jonas", "Waits for firmware 4.2.1 from the maker, case K-2291"),
        Promises(
            DAY + 16 * HOUR, "jonas", "Write what the maker has answered", -130, "by", "email"
        ),
    ),
)

LEAK = Story(
    "Waterreservoir lekt op de vloer",
    "willems",
    "nl",
    "technical",
    (
        CustomerWrites(
            55,
            "Onze machine lekt sinds vanmorgen, er staat een plas in de wachtkamer. We hebben de"
            " stekker eruit getrokken. Wat nu?\n\nBalie Tandarts Willems",
            files=("plas.png",),
        ),
    ),
)

LIGHT = Story(
    "Vraagt opnieuw om ontkalken",
    "lochem",
    "nl",
    "technical",
    (
        CustomerWrites(
            3 * HOUR,
            "Goedemiddag, de machine bij de publieksbalie vraagt voor de derde keer deze week om"
            " ontkalken. Is er iets stuk?\n\nGerda Wolters, facilitaire zaken",
        ),
    ),
)

ROASTER = Story(
    "Tropfschale gerissen, Foto anbei",
    "lind",
    "de",
    "technical",
    (
        CustomerWrites(
            2 * DAY + 4 * HOUR,
            "Guten Tag,\n\nbei der neuen Maschine ist die Tropfschale gerissen, nach nicht einmal"
            " drei Wochen. Ein Foto hängt an. Wir brauchen sie täglich.\n\nMit freundlichen"
            " Grüßen\nKatrin Lindner",
            files=("tropfschale.png",),
        ),
        Assigns(2 * DAY + 3 * HOUR, "sofie", "amara"),
        Replies(
            2 * DAY + 2 * HOUR,
            "amara",
            "Frau Lindner, das darf nach drei Wochen nicht sein. Eine neue Tropfschale ist heute"
            " aus Eindhoven abgegangen und kommt morgen mit der Post; sie kostet Sie nichts.\n\n"
            "Ich rufe Sie übermorgen an und frage, ob sie passt.",
            then="pending",
        ),
        Promises(2 * DAY + HOUR, "amara", "Ask whether the new drip tray fits", -DAY, "by"),
        Moves(
            DAY + 3 * HOUR,
            "amara",
            DAY,
            "The parcel comes a day later than the post had said. Frau Lindner is fine with that.",
        ),
    ),
)

CANTEEN = Story(
    "Milchschaum zu dünn",
    "hafen",
    "de",
    "technical",
    (
        CustomerWrites(
            9 * DAY,
            "Moin, seit dem Umzug in die neue Kantine wird der Milchschaum dünn und wässrig."
            " Milch ist die gleiche wie vorher. Was tun?\n\nMalte Petersen",
        ),
        Assigns(9 * DAY - 30, "sofie", "jonas"),
        Replies(
            9 * DAY - HOUR,
            "jonas",
            "Moin Herr Petersen, steht der Milchkühler jetzt weiter weg als vorher? Ab 80 cm"
            " Schlauch zieht die Pumpe Luft. Ich rufe Sie morgen Vormittag an, dann gehen wir es"
            " gemeinsam durch.",
        ),
        Promises(9 * DAY - HOUR - 5, "jonas", "Go through the milk hose together", -8 * DAY, "by"),
        Keeps(
            8 * DAY + 2 * HOUR,
            "jonas",
            "Hose was 1.4 m. He moved the cooler beside the machine; the foam is right again.",
            minutes=11,
        ),
        Solves(8 * DAY + HOUR, "jonas"),
    ),
)

MACHINES = (GRINDER, HOTEL, TASTE, DESCALE, LEAK, LIGHT, ROASTER, CANTEEN)
