"""Offers found for an episode's script: in the owner's catalogue, and at Amazon where the owner is an associate."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import JsonValue

from studio.craft.selling import Selling, SellingWords, selling
from studio.domain.affiliate import (
    AMAZON,
    OfferLeftOut,
    OfferMatch,
    ThingsSeen,
    plain_things,
    thing_problems,
    things_of,
    words_fit,
)
from studio.domain.audience import AudienceStage
from studio.domain.base import Value
from studio.domain.episode import Episode, ProviderName
from studio.domain.errors import BadAnswer, Blocked, NotConnected, StudioError
from studio.domain.link import Link
from studio.domain.matching import meant_offers, named_offers
from studio.domain.mentions import Mention, NamedIn, Reading, longest, passages
from studio.domain.offer import Thing
from studio.domain.script import Script
from studio.entry import Studio
from studio.generation.ports import WriteRequest
from studio.writing import write_checked

if TYPE_CHECKING:
    from studio.channels.amazon import Offer as Product

MAX_OUTPUT_TOKENS = 6_144
MOST_SEARCHES = 3
"""Associates begin with one call a second."""

SEARCHED = 0.4
"""The score of what a search found: it fits the words, and nobody chose it."""

EMPTY = "Your catalogue has no offers yet: POST /offers, or many at once with POST /offers/import."
NOT_AMAZON = "Amazon is not connected, so only your own catalogue was searched (PUT /connections/amazon/key)."


class Market(Value):
    """Where an audience is, and which of Amazon's sites serves it. region: empty where the locale does not say."""

    region: str
    marketplace: str


class Found(Value):
    """Offers for a script, best first. `unmatched`: things that nobody offers. `missing` says what was not asked."""

    offers: tuple[OfferMatch, ...]
    left_out: tuple[OfferLeftOut, ...]
    unmatched: tuple[Thing, ...]
    missing: tuple[str, ...]


class ScriptReader:
    """Reads a script for things to buy. `failed` says so where the model's answer could not be used."""

    def __init__(
        self,
        instructions: str,
        provider: ProviderName,
        episode: Episode,
        script: Script,
        words: SellingWords,
        studio: Studio,
    ) -> None:
        self.reading = Reading(passages(script), words.endings)
        self.failed = ""
        self._instructions = instructions
        self._script = script
        self._rehearsal = provider == "draft"
        self._writer = studio.writer(provider, "affiliate", episode)
        self._people = [line.speaker for scene in script.scenes for line in scene.lines]

    def things(self, known: Sequence[str]) -> Sequence[Thing]:
        """Return what else the script names; what is `known` need not be named again."""
        of = self.reading.passages
        scenes: list[JsonValue] = [s.model_dump(mode="json", exclude={"beat"}) for s in self._script.scenes]
        material: dict[str, JsonValue] = {"scenes": scenes, "known": list(known)}
        if self._rehearsal:
            goods = longest(one for name in selling().goods for one in self.reading.find(name, [name]))
            material = {"things": [one.model_dump(mode="json") for one in plain_things(goods, of)]}
        request = WriteRequest(instructions=self._instructions, material=material, max_output_tokens=MAX_OUTPUT_TOKENS)
        try:
            told = write_checked(
                self._writer, request, ThingsSeen, lambda answer: thing_problems(answer, of, self._people)
            )
        except (BadAnswer, Blocked) as error:
            # The catalogue was read without it.
            self.failed = f"No further things were looked for: {error}"
            return ()
        return things_of(told)


def market(locale: str, marketplace: str | None, selling: Selling) -> Market:
    """Return the market of a BCP 47 tag; `marketplace` is what was asked for instead."""
    found = re.search(r"-([A-Z]{2})$", locale)
    region = found[1] if found else ""
    if marketplace and not region:
        region = next((country for country, host in selling.marketplaces.items() if host == marketplace), "")
    return Market(
        region=region, marketplace=marketplace or selling.marketplaces.get(region, selling.marketplaces["US"])
    )


def find_offers(
    studio: Studio,
    reading: Reading,
    where: Market,
    unfit: Sequence[str],
    most: int,
    things: Callable[[Sequence[str]], Sequence[Thing]],
) -> Found:
    """Return at most so many offers for what a script names.

    unfit: words near which nothing is sold. things: what else the script names, given the names of the offers that
    were found without asking anybody.
    """
    offers = studio.offers.all()
    named = named_offers(reading, offers, unfit, where.region)
    known = {(m.scene, m.quote.casefold()) for match in named.offers for m in match.mentions}
    refused = {left.mention.quote.casefold() for left in named.left_out if left.mention}
    others = [
        thing
        for thing in things([match.name for match in named.offers])
        if (thing.scene, thing.quote.casefold()) not in known and thing.quote.casefold() not in refused
    ]
    meant = meant_offers(others, reading, offers, unfit, where.region)
    already = {match.offer_id for match in named.offers}
    found = [*named.offers, *(match for match in meant.offers if match.offer_id not in already)]
    bought, unmatched, missing = _at_amazon(studio, where.marketplace, meant.unmatched, most - len(found))
    found += bought
    over = [OfferLeftOut(name=one.name, why=f"More than {most} fit.", mention=one.mentions[0]) for one in found[most:]]
    return Found(
        offers=tuple(found[:most]),
        left_out=(*named.left_out, *meant.left_out, *over),
        unmatched=tuple(unmatched),
        missing=tuple(one for one in ("" if offers else EMPTY, missing) if one),
    )


def clicks_of(studio: Studio, links: Sequence[Link]) -> dict[str, int]:
    """Return how often each link was followed, by its code, as the events tell."""
    counted = dict.fromkeys((link.code for link in links), 0)
    if links:
        start, end = min(link.created_at for link in links), studio.clock()
        for event in studio.events.between(start, end, stages=(AudienceStage.CLICK,)):
            if event.link in counted:
                counted[event.link] += event.count
    return counted


def _at_amazon(
    studio: Studio, marketplace: str, things: Sequence[Thing], most: int
) -> tuple[list[OfferMatch], list[Thing], str]:
    """Return what Amazon has under the plain names of things, what it has not, and why it was not asked, or not on."""
    found: list[OfferMatch] = []
    unmatched = list(things)
    try:
        amazon = studio.accounts.amazon(marketplace)
        for thing in things[: max(0, min(most, MOST_SEARCHES))]:
            products = amazon.search(thing.thing, most=5)
            best = next((product for product in products if _sellable(product, thing)), None)
            if best is not None:
                found.append(_as_match(best, thing, studio.clock()))
                unmatched.remove(thing)
    except NotConnected as error:
        # Either there is no account, or Amazon does not let it ask: what was found elsewhere stands.
        connected = any(one.network == "amazon" for one in studio.connections.all())
        return found, unmatched, str(error) if connected else NOT_AMAZON
    except StudioError as error:
        return found, unmatched, f"Amazon was not asked about everything. {error}"
    return found, unmatched, ""


def _sellable(product: "Product", thing: Thing) -> bool:
    return product.available is not False and words_fit(thing.thing, product.title) and product.url.startswith("https:")


def _as_match(product: "Product", thing: Thing, at: datetime) -> OfferMatch:
    # Amazon wants a price shown with its time, so it is told here and is in no caption.
    price = f", {product.display_price} at {at:%H:%M} UTC on {at:%Y-%m-%d}" if product.display_price else ""
    return OfferMatch(
        source=AMAZON,
        offer_id=product.asin,
        name=product.title[:80].strip(),
        programme="Amazon",
        target=product.url,
        score=SEARCHED,
        why=f"Amazon has it under “{thing.thing}”{price}.",
        mentions=(Mention(scene=thing.scene, line=None, place=NamedIn.ACTION, quote=thing.quote),),
    )
