"""Offers for an episode: what of the script they match, and a caption that says first that it is advertising."""

import re
from collections.abc import Mapping, Sequence

from pydantic import Field

from studio.domain.audience import AudienceChannel, Tag
from studio.domain.base import Heading, Id, Name, Phrase, Value, Written
from studio.domain.link import LinkTags, Target
from studio.domain.mentions import Mention, Named, Passage
from studio.domain.offer import Offer, Thing
from studio.domain.quoting import quoted_in

MOST_THINGS = 12

CATALOGUE = "catalogue"
AMAZON = "amazon"
_AMAZON_HOST = re.compile(r"https://([^/]+\.)?(amazon\.(com?\.)?[a-z]{2,3}|amzn\.to|amzn\.eu|a\.co)(/|$)")


class ThingSeen(Written):
    """A thing to buy that the script names: copied words, in which scene, and what a shop would list it under."""

    quote: Heading
    scene: int = Field(ge=1)
    thing: Name


class ThingsSeen(Written):
    """Everything of that kind."""

    things: list[ThingSeen] = Field(max_length=MOST_THINGS)


class OfferMatch(Value):
    """An offer for something that the script names.

    source: the owner's catalogue or Amazon. score: 0 to 1, how well the words fit, to rank by; it is no probability.
    text: a line for the offer alone, with its disclosure, to put before its link.
    """

    source: str
    offer_id: str
    name: Name
    programme: Phrase
    target: Target
    price: Phrase = ""
    disclosure: Phrase = ""
    score: float
    why: str
    mentions: tuple[Mention, ...]
    text: str = ""


class OfferLeftOut(Value):
    """An offer that would fit the words and is not proposed, and why."""

    name: str
    why: str
    mention: Mention | None = None


class LinkItem(Value):
    """One link of a caption: what it is for, where it leads, and the words before it."""

    offer: Tag
    programme: Phrase
    target: Target
    words: str


class AffiliateContent(Value):
    """All that goes out: what is approved. `caption` is what people will read, with a place for each short link."""

    episode_id: Id
    channel: AudienceChannel
    variant: Tag | None
    campaign: Tag | None
    language: str
    disclosures: tuple[str, ...]
    items: tuple[LinkItem, ...]
    caption: str

    def tags(self, item: LinkItem) -> LinkTags:
        """Return what clicks on an item's link are told with."""
        return LinkTags(
            episode_id=self.episode_id,
            offer=item.offer,
            campaign=self.campaign,
            variant=self.variant,
            channel=self.channel,
        )


def is_amazons(programme: str, target: str) -> bool:
    """Tell whether an offer is of Amazon's programme, by its name or by where it leads."""
    return "amazon" in programme.casefold() or _AMAZON_HOST.match(target) is not None


def thing_problems(answer: ThingsSeen, of: Sequence[Passage], people: Sequence[str]) -> list[str]:
    """Return what is wrong with proposed things, each as a sentence a writer can act on; empty when nothing is."""
    scenes: dict[int, str] = {}
    for passage in of:
        scenes[passage.scene] = f"{scenes.get(passage.scene, '')}\n{passage.text}"
    names = {part for name in people for part in (name.casefold(), *name.casefold().split())}
    found = []
    for one in answer.things:
        if one.scene not in scenes:
            found.append(f"There is no scene {one.scene}; scenes are {', '.join(map(str, scenes))}.")
        elif not quoted_in(one.quote, scenes[one.scene]):
            found.append(f"“{one.quote}” does not stand in scene {one.scene}. Copy the words exactly, or leave it out.")
        if one.quote.casefold() in names or one.thing.casefold() in names:
            found.append(f"“{one.quote}” is a person and nothing to buy. Leave it out.")
    return found


def where_said(quote: str, scene: int, of: Sequence[Passage]) -> int:
    """Return the number of the first passage of a scene that has these words. Raises ValueError where none has."""
    for number, passage in enumerate(of):
        if passage.scene == scene and quoted_in(quote, passage.text):
            return number
    raise ValueError(f"“{quote}” stands nowhere in scene {scene}")


def plain_things(named: Sequence[Named], of: Sequence[Passage]) -> list[ThingSeen]:
    """Return the goods that a list of plain names finds, each once."""
    found: dict[str, ThingSeen] = {}
    for one in named:
        scene = of[one.passage].scene
        found.setdefault(one.key, ThingSeen(quote=one.quote, scene=scene, thing=one.key))
    return list(found.values())[:MOST_THINGS]


def score_of(offer: Offer, found: Sequence[Named]) -> tuple[float, str]:
    """Return how well an offer's name fits what the script says, 0 to 1, and why in a sentence.

    A rule of thumb and no measurement: more words say more than one, the name more than an alias, the form as it is
    written more than an inflected one, and what comes up again more than what is mentioned once.
    """
    best = max(found, key=lambda n: (n.last - n.first, n.exact, n.name == offer.name))
    words, alias = best.last - best.first, best.name != offer.name
    score = 0.6 + 0.1 * min(words - 1, 3) - 0.05 * alias - 0.05 * (not best.exact) + 0.05 * min(len(found) - 1, 2)
    form = "" if best.exact else ", inflected"
    often = f", {len(found)} times" if len(found) > 1 else ""
    return round(
        min(score, 1.0), 2
    ), f"The script says “{best.quote}”: its {'alias' if alias else 'name'}{form}{often}."


def words_fit(thing: str, title: str) -> bool:
    """Tell whether a product's title has every word of what was looked for."""
    said = re.findall(r"\w+", title.casefold())
    return all(any(word.startswith(wanted) for word in said) for wanted in re.findall(r"\w+", thing.casefold()))


# The caption


class Disclosing(Value):
    """What is said where there are links, in one language: `label` first, then what is earned, and Amazon's words."""

    language: str
    label: str
    commission: str
    amazon: str

    def before(self, matches: Sequence[OfferMatch]) -> tuple[str, ...]:
        """Return what must stand before the links of these offers, in order; nothing where there are no links."""
        if not matches:
            return ()
        amazon = any(is_amazons(match.programme, match.target) for match in matches)
        told = [f"{self.label}: {self.commission}", *([self.amazon] if amazon else [])]
        return tuple(dict.fromkeys([*told, *(match.disclosure for match in matches if match.disclosure)]))

    def alone(self, match: OfferMatch) -> str:
        """Return the words before a link that stands by itself somewhere, with all that must be said of it."""
        told = [f"{self.label}:", self.amazon if is_amazons(match.programme, match.target) else "", match.disclosure]
        return " ".join(part for part in (*told, item_of(match).words) if part)


def content_of(
    matches: Sequence[OfferMatch],
    disclosing: Disclosing,
    *,
    episode_id: str,
    channel: AudienceChannel,
    variant: str | None,
    campaign: str | None,
) -> AffiliateContent:
    """Return what would go out with these offers."""
    disclosures, items = disclosing.before(matches), tuple(item_of(match) for match in matches)
    return AffiliateContent(
        episode_id=episode_id,
        channel=channel,
        variant=variant,
        campaign=campaign,
        language=disclosing.language,
        disclosures=disclosures,
        items=items,
        caption=caption(disclosures, items, {}),
    )


def item_of(match: OfferMatch) -> LinkItem:
    """Return an offer as a line of a caption. Whose link it is stands beside it: a short one does not show it."""
    programme = "Amazon" if is_amazons(match.programme, match.target) else match.programme
    beside = ", ".join(part for part in (programme, match.price) if part)
    words = f"{match.name} ({beside}):" if beside else f"{match.name}:"
    return LinkItem(offer=match.name, programme=programme, target=match.target, words=words)


def caption(disclosures: Sequence[str], items: Sequence[LinkItem], addresses: Mapping[int, str]) -> str:
    """Return a block to paste under a video: disclosures first, then a line for each link; empty without links.

    addresses: the short links, by the items' places from 0. For one that is not made yet its place is shown.
    """
    if not items:
        return ""
    lines = [f"{item.words} {addresses.get(n, f'‹short link {n + 1}›')}" for n, item in enumerate(items)]
    return "\n".join([*disclosures, "", *lines])


def things_of(answer: ThingsSeen) -> tuple[Thing, ...]:
    """Return what was proposed, each thing once."""
    once = {(one.thing.casefold(), one.scene): one for one in answer.things}
    return tuple(Thing(quote=one.quote, scene=one.scene, thing=one.thing) for one in once.values())
