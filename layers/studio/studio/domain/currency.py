"""Currencies: their ISO 4217 codes, and how many decimals a payment service gives their smallest unit."""

from typing import Annotated

from pydantic import AfterValidator

_PAID_WITH = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
    VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""

CODES = frozenset(_PAID_WITH.split())
"""Money that people pay with (ISO 4217, list one), without funds, metals and codes for tests."""

_WHOLE = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD JOD KWD OMR TND"


def _known(code: str) -> str:
    code = code.strip().upper()
    if code not in CODES:
        raise ValueError("must be a currency's three letters, such as EUR (ISO 4217)")
    return code


Currency = Annotated[str, AfterValidator(_known)]
"""A currency's ISO 4217 code, in capitals whatever the letters it came in."""


def micros_of_minor(amount: int, currency: str) -> int:
    """Return an amount in a currency's smallest unit, as Stripe tells it, in millionths of the currency.

    Most have two decimals, some none, some three; ISK and UGX have none and are told with two all the same (Stripe,
    "Supported currencies", zero-decimal, three-decimal and special cases).
    """
    if currency in _WHOLE:
        return amount * 1_000_000
    return amount * (1_000 if currency in _THOUSANDTHS else 10_000)


def minor_of_micros(amount: int, currency: str) -> int:
    """Return millionths of a currency in its smallest unit, as Stripe is told it; the inverse of `micros_of_minor`."""
    return amount // micros_of_minor(1, currency)


def decimals_of_price(currency: str) -> int:
    """Return how many decimals a price may have at Stripe: of three the last is 0, of ISK's and UGX's two both are."""
    return 0 if currency in _WHOLE or currency in ("ISK", "UGX") else 2
