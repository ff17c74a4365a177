"""The words a plan puts into a template's slots.

A template whose slot has no word is not used at all, so nothing ever reads "None": `Slots.fits` tells.
"""

import re
from dataclasses import replace
from string import Formatter

from studio.generation.draft.story.banks import Place
from studio.generation.draft.story.casting import Player
from studio.generation.draft.story.nouns import possessive, sentence_case
from studio.generation.draft.story.plan import Plan

_STOPS = set(".,;:!?)…")
_PEOPLE = {"lead": "L", "holder": "H", "ally": "A", "witness": "W", "host": "O"}


class Slots:
    """What can be filled in, for one story and, with `at`, one place."""

    def __init__(self, plan: Plan, place: Place | None = None, *, quoting: bool = True) -> None:
        """Collect the words of `plan`; `place` is where the scene is; quoting: say what the thing says."""
        self._plan = plan
        self._words = self._collect(plan)
        if not quoting:
            self._words |= {"a_thing": replace(plan.thing, quote="").a, "thing": plan.thing.itself}
        if place:
            self._words |= {"room": f"the {place.name}", "here": f"{place.prep} the {place.name}", "set": place.set}

    def fits(self, template: str) -> bool:
        """Tell whether every slot of `template` has its word."""
        if self._plan.parts.doubled and "{ally" in template and "{witness" in template:
            return False
        return all(name in self._words for _, name, _, _ in Formatter().parse(template) if name)

    def said(self, template: str) -> str:
        """Return `template` filled in, as somebody says it: people by their short names."""
        return self._finished(template.format_map(self._words))

    def told(self, template: str, met: set[str], *, seen: bool = False, dressed: bool = False) -> str:
        """Return `template` filled in, as prose: people by their full name until they are in `met`, which this adds to.

        seen: for the camera, which does not see what somebody is to somebody. dressed: say what they wear, too, when
        they are first named.
        """
        words = dict(self._words)
        for _, name, _, _ in list(Formatter().parse(template)):
            base = (name or "").removesuffix("_s")
            player = self._plan.parts.of(_PEOPLE[base]) if base in _PEOPLE else None
            if player and player.name not in met:
                met.add(player.name)
                template = self._introduced(template, name or "", player, seen=seen, dressed=dressed)
        return self._finished(template.format_map(words))

    def introduced(self, template: str) -> str:
        """Return `template` filled in, as prose that says of people nobody knows yet what they are."""
        words, met = dict(self._words), set[str]()
        parts = self._plan.parts
        for _, name, _, _ in list(Formatter().parse(template)):
            letter = "H" if name == "truth_told" else _PEOPLE.get(re.sub(r"_(?:s|wants)$", "", name or ""))
            player = parts.of(letter) if letter else None
            if not name or player is None or player.name in met:
                continue
            met.add(player.name)
            full = player.short if player.short.startswith("the ") else player.name
            who = f"{full}, {player.label}," if player.label else full
            if name == "truth_told":
                words[name] = self._plan.truth.of(who)
            elif name.endswith("_wants"):
                words[name] = player.want.of(who)
            elif name in _PEOPLE:
                template = self._labelled(template, name, player, full)
        return self._finished(template.format_map(words))

    @staticmethod
    def _labelled(template: str, slot: str, player: Player, name: str) -> str:
        """Return `template` with its first `slot` named and, if nobody knows them yet, told what they are."""
        before, after = template.split(f"{{{slot}}}", 1)
        label = f", {player.label}{'' if after[:1] in _STOPS else ','}" if player.label else ""
        return f"{before}{(name + label).replace('{', '{{').replace('}', '}}')}{after}"

    def _introduced(self, template: str, slot: str, player: Player, *, seen: bool, dressed: bool) -> str:
        full = player.short if player.short.startswith("the ") else player.name
        possessed = slot.endswith("_s")
        if player.label and not possessed and not seen:
            return self._labelled(template, slot, player, full)
        worn = f"in {player.wardrobe}" if player.wardrobe.startswith(("a ", "an ")) else player.wardrobe
        dress = f" ({worn})" if dressed and worn and not possessed else ""
        text = (possessive(full) if possessed else full + dress).replace("{", "{{").replace("}", "}}")
        return template.replace(f"{{{slot}}}", text, 1)

    @staticmethod
    def _finished(text: str) -> str:
        # A name that ends in a full stop, or a quotation before one, must not make two.
        return sentence_case(re.sub(r"([.!?…]”?)\.(?=\s|$)", r"\1", text))

    @staticmethod
    def _collect(plan: Plan) -> dict[str, str]:
        parts, thing = plan.parts, plan.thing
        words = {
            "thing": thing.the,
            "a_thing": thing.a,
            "noun": thing.noun,
            "it": thing.it,
            "they": thing.they,
            "was": "were" if thing.plural else "was",
            "s": "" if thing.plural else "s",
            "is": "are" if thing.plural else "is",
            "has": "have" if thing.plural else "has",
            "this": "these" if thing.plural else "this",
            "that": "those" if thing.plural else "that",
            "event": plan.event,
            "city_in": f" in {plan.reading.city}" if plan.reading.city else "",
            "ask": f"Say {plan.oath}" if plan.oath else "Swear",
            "swear": plan.oath.capitalize() if plan.oath else "I swear",
            "truth": plan.truth.mine,
            "truth_told": plan.truth.of(parts.holder.short),
        }
        if plan.oath:
            words["oath"] = plan.oath
        if plan.reading.city:
            words["city"] = plan.reading.city
        if plan.reading.deed:
            words["deed"] = plan.reading.deed
        for key, letter in _PEOPLE.items():
            player = parts.of(letter)
            if player is None or (parts.alone and letter == "H"):
                continue
            words |= {
                key: player.short,
                f"{key}_s": possessive(player.short),
                f"to_{key}": player.called,
                f"{key}_want": player.want.mine,
                f"{key}_wants": player.want.of(player.short),
            }
            if player.want.bare:
                words |= {f"{key}_aim": player.want.bare_mine, f"{key}_aim_told": player.want.bare}
            hidden_elsewhere = player.secret and (letter != "H" or not plan.personal)
            if player.secret and hidden_elsewhere:
                words |= {f"{key}_own": player.secret.mine, f"{key}_own_told": player.secret.of(player.short)}
        return words
