"""Money: integer minor units with an ISO 4217 code; decimal strings at the edges, never float."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.errors import Refused

# Currencies whose minor unit is not a hundredth (ISO 4217).
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_AMOUNT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,3})?", re.ASCII)
_CODE = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `minor` units (cents) of `currency`."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise Refused(
                _("Amounts in %(a)s and %(b)s cannot be added.")
                % {"a": self.currency, "b": other.currency},
                code="currency_mix",
            )
        return Money(self.minor + other.minor, self.currency)

    def __str__(self) -> str:
        return f"{decimal_string(self.minor, self.currency)} {self.currency}"


def exponent(currency: str) -> int:
    """How many decimals the currency has."""
    return _EXPONENTS.get(currency, 2)


def decimal_string(minor: int, currency: str) -> str:
    """The amount as a plain decimal string: 1250 EUR cents become "12.50"."""
    places = exponent(currency)
    return str(Decimal(minor).scaleb(-places).quantize(Decimal(1).scaleb(-places)))


def parse(text: str, currency: str) -> Money:
    """Read a decimal string such as "12.50".

    Raises Refused `bad_currency` or `bad_amount`: no grouping, no comma, no exponent, no more
    decimals than the currency has; nothing is rounded.
    """
    if not _CODE.fullmatch(currency):
        raise Refused(_("Give the currency as a code such as EUR."), code="bad_currency")
    places = exponent(currency)
    if not _AMOUNT.fullmatch(text) or len(text.partition(".")[2]) > places:
        example = decimal_string(1250 * 10**places // 100, currency)
        raise Refused(
            _("Enter an amount such as %(example)s: digits, a point, no grouping.")
            % {"example": example},
            code="bad_amount",
        )
    return Money(int(Decimal(text).scaleb(places)), currency)
