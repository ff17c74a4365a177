"""Offers: what an owner earns a commission on, as their programmes call it and as people in a script may."""

from typing import Annotated

from pydantic import Field, StringConstraints

from studio.domain.base import Heading, Id, Instant, Name, Phrase, Value
from studio.domain.link import Target

MOST_OFFERS = 2_000
"""How many a catalogue holds: all of them are held against a script at once."""

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""An ISO 3166-1 alpha-2 code."""


class OfferSheet(Value):
    """What an owner says of an offer.

    aliases: other words for it in a script ("moka pot", "espresso maker"). programme: whose it is, such as Amazon or
    Awin. disclosure: words that the programme asks for beside its links. price: as it should be shown, or empty.
    countries: where it is sold; everywhere where there are none. Only an active offer is proposed.
    """

    name: Name
    aliases: tuple[Name, ...] = Field(default=(), max_length=20)
    url: Target
    programme: Phrase = ""
    disclosure: Phrase = ""
    price: Annotated[Phrase, StringConstraints(max_length=40)] = ""
    commission: Phrase = ""
    countries: tuple[Country, ...] = Field(default=(), max_length=60)
    active: bool = True


class Offer(OfferSheet):
    """An offer in an owner's catalogue."""

    offer_id: Id
    created_at: Instant
    updated_at: Instant


class OfferChange(Value):
    """What to change of an offer; what is left out stays."""

    name: Name | None = None
    aliases: tuple[Name, ...] | None = Field(default=None, max_length=20)
    url: Target | None = None
    programme: Phrase | None = None
    disclosure: Phrase | None = None
    price: Annotated[Phrase, StringConstraints(max_length=40)] | None = None
    commission: Phrase | None = None
    countries: tuple[Country, ...] | None = Field(default=None, max_length=60)
    active: bool | None = None


class Thing(Value):
    """A thing that a script names: the script's own words, where they are, and what a shop calls it."""

    quote: Heading
    scene: int
    thing: Name
