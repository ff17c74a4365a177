"""Which offers of a catalogue a script speaks for: none that is not sold there, none where nothing should be sold."""

from collections.abc import Collection, Sequence

from studio.domain.affiliate import CATALOGUE, OfferLeftOut, OfferMatch, score_of, where_said
from studio.domain.base import Value
from studio.domain.mentions import Named, NamedIn, Passage, Reading, longest
from studio.domain.offer import Offer, Thing

MEANT = 0.5
"""The score of an offer for what a writer reads the words as: below every name that stands there itself."""


class Matches(Value):
    """Offers, best first, and those that are not proposed. `unmatched`: things that no offer was found for."""

    offers: tuple[OfferMatch, ...]
    left_out: tuple[OfferLeftOut, ...]
    unmatched: tuple[Thing, ...] = ()


def named_offers(reading: Reading, offers: Sequence[Offer], unfit: Collection[str], region: str) -> Matches:
    """Return the offers whose names or aliases stand in a script, one for the same words.

    unfit: words near which nothing is sold. region: where the audience is, an ISO 3166 code; empty where unknown.
    """
    known = {offer.offer_id: offer for offer in offers}
    found = longest(one for offer in offers for one in reading.find(offer.offer_id, (offer.name, *offer.aliases)))
    by_offer: dict[str, list[Named]] = {}
    for one in found:
        by_offer.setdefault(one.key, []).append(one)
    left_out: list[OfferLeftOut] = []
    candidates: list[tuple[float, OfferMatch, list[Named]]] = []
    for offer_id, places in by_offer.items():
        offer = known[offer_id]
        if why := not_for_sale(offer, region):
            left_out.append(OfferLeftOut(name=offer.name, why=why, mention=reading.mention(places[0])))
            continue
        words = {id(one): reading.sensitive(one.passage, unfit) for one in places}
        fit = [one for one in places if not words[id(one)]]
        if not fit:
            left_out.append(
                OfferLeftOut(name=offer.name, why=unfit_there(words[id(places[0])]), mention=reading.mention(places[0]))
            )
            continue
        score, why = score_of(offer, fit)
        candidates.append((score, _matched(offer, score, why, reading, fit), fit))
    candidates.sort(key=lambda c: (-c[0], c[2][0].passage, c[1].offer_id))
    kept: list[OfferMatch] = []
    taken: dict[tuple[int, int], str] = {}
    for _, match, places in candidates:
        rivals = {taken.get((one.passage, one.first)) for one in places}
        if None not in rivals:
            why = f"“{places[0].quote}” has an offer already: {taken[places[0].passage, places[0].first]}."
            left_out.append(OfferLeftOut(name=match.name, why=why, mention=match.mentions[0]))
            continue
        taken = {(one.passage, one.first): match.name for one in places} | taken
        kept.append(match)
    return Matches(offers=tuple(kept), left_out=tuple(left_out))


def meant_offers(
    things: Sequence[Thing], reading: Reading, offers: Sequence[Offer], unfit: Collection[str], region: str
) -> Matches:
    """Return the offers for things that a writer saw, by what a shop calls them.

    A thing in a place where nothing is sold is left out, whoever sells it.
    """
    kept: dict[str, OfferMatch] = {}
    left_out: list[OfferLeftOut] = []
    unmatched: list[Thing] = []
    for thing in things:
        number = where_said(thing.quote, thing.scene, reading.passages)
        place = Named("", "", number, 0, 0, True, thing.quote)
        if word := reading.sensitive(number, unfit):
            left_out.append(OfferLeftOut(name=thing.thing, why=unfit_there(word), mention=reading.mention(place)))
            continue
        called = reading.again([Passage(thing.scene, None, NamedIn.ACTION, thing.thing)])
        fit = [
            offer
            for offer in offers
            if not not_for_sale(offer, region) and any(called.find("", (offer.name, *offer.aliases)))
        ]
        if not fit:
            unmatched.append(thing)
            continue
        best = fit[-1]
        why = f"“{thing.quote}” was read as: {thing.thing}."
        kept.setdefault(best.offer_id, _matched(best, MEANT, why, reading, [place]))
    return Matches(offers=tuple(kept.values()), left_out=tuple(left_out), unmatched=tuple(unmatched))


def not_for_sale(offer: Offer, region: str) -> str:
    """Return why an offer is not proposed there; empty where nothing speaks against it."""
    if not offer.active:
        return "It is switched off in your catalogue."
    if region and offer.countries and region not in offer.countries:
        return f"It is sold in {', '.join(offer.countries)} and not in {region}."
    return ""


def unfit_there(word: str) -> str:
    """Return the sentence for what is not sold where a word stands."""
    return f"Nothing is sold in a moment of “{word}”."


def _matched(offer: Offer, score: float, why: str, reading: Reading, places: Sequence[Named]) -> OfferMatch:
    return OfferMatch(
        source=CATALOGUE,
        offer_id=offer.offer_id,
        name=offer.name,
        programme=offer.programme,
        target=offer.url,
        price=offer.price,
        disclosure=offer.disclosure,
        score=score,
        why=why,
        mentions=tuple(reading.mention(one) for one in places[:10]),
    )
