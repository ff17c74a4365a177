"""The canon: what a show has said so far, episode by episode, with where it was said."""

from collections.abc import Iterable, Mapping, Sequence

from studio.domain.base import Id, Instant, Value
from studio.domain.script import Script
from studio.domain.storyboard import Outline, SceneBoard


class Place(Value):
    """Where something was said. Scene and line count from 1."""

    scene: int
    line: int


class CanonFact(Value):
    """Something true of somebody."""

    person: str
    about: str
    value: str
    at: Place


class CanonBond(Value):
    """What two people became, or stopped being, to each other."""

    one: str
    other: str
    kind: str
    at: Place


class Revealed(Value):
    """A secret that came out, and to whom."""

    what: str
    holder: str
    to: str
    at: Place


class OpenThread(Value):
    """A question that was opened, or answered."""

    question: str
    state: str
    at: Place


class EpisodeCanon(Value):
    """What one finished episode adds."""

    episode_id: Id
    title: str
    synopsis: str
    facts: tuple[CanonFact, ...] = ()
    bonds: tuple[CanonBond, ...] = ()
    revealed: tuple[Revealed, ...] = ()
    threads: tuple[OpenThread, ...] = ()
    closed_at: Instant


def canon_of(
    episode_id: str, script: Script, outline: Outline | None, boards: Mapping[int, SceneBoard], at: Instant
) -> EpisodeCanon:
    """Return what an episode adds to its show. Without a storyboard that is its title, synopsis and open question."""
    secrets = {secret.key: secret for secret in outline.secrets} if outline else {}
    scenes = sorted(boards.items())
    threads = [
        OpenThread(question=thread.question, state=thread.state, at=Place(scene=number, line=thread.line))
        for number, board in scenes
        for thread in board.threads
    ]
    if script.open_question and not any(thread.state == "opened" for thread in threads):
        last = script.scenes[-1]
        place = Place(scene=last.number, line=len(last.lines))
        threads.append(OpenThread(question=script.open_question, state="opened", at=place))
    return EpisodeCanon(
        episode_id=episode_id,
        title=script.title,
        synopsis=script.synopsis,
        facts=tuple(
            CanonFact(person=f.person, about=f.about, value=f.value, at=Place(scene=number, line=f.line))
            for number, board in scenes
            for f in board.facts
        ),
        bonds=tuple(
            CanonBond(one=b.one, other=b.other, kind=b.kind, at=Place(scene=number, line=b.line))
            for number, board in scenes
            for b in board.bonds
        ),
        revealed=tuple(
            Revealed(
                what=secrets[learned.secret].what,
                holder=secrets[learned.secret].holder,
                to=learned.person,
                at=Place(scene=number, line=learned.line),
            )
            for number, board in scenes
            for learned in board.learns
            if learned.secret in secrets
        ),
        threads=tuple(threads),
        closed_at=at,
    )


def contradictions(earlier: Sequence[EpisodeCanon], new: EpisodeCanon) -> list[str]:
    """Return where `new` says of somebody what an earlier episode, or itself, said otherwise, each as a sentence."""
    found: list[str] = []
    told: dict[tuple[str, str], tuple[CanonFact, str]] = {}
    for episode in (*earlier, new):
        name = "this episode" if episode is new else f"“{episode.title}”"
        for fact in episode.facts:
            key = (fact.person.casefold(), fact.about)
            before, where = told.get(key, (fact, name))
            if _plain(before.value) != _plain(fact.value) and episode is new:
                found.append(
                    f"Scene {fact.at.scene}, line {fact.at.line}: {fact.person}'s {fact.about} is “{fact.value}”; "
                    f"{where} said “{before.value}” (scene {before.at.scene}, line {before.at.line})."
                )
            # A later episode's word counts from then on: a show may change its mind, once.
            told[key] = (fact, name)
    known = {(_plain(r.what), r.to.casefold()): (r, e.title) for e in earlier for r in e.revealed}
    for revealed in new.revealed:
        before_it = known.get((_plain(revealed.what), revealed.to.casefold()))
        if before_it is not None:
            found.append(
                f"Scene {revealed.at.scene}, line {revealed.at.line}: {revealed.to} learns “{revealed.what}” again; "
                f"it came out in “{before_it[1]}” (scene {before_it[0].at.scene}, line {before_it[0].at.line})."
            )
    return found


def open_threads(episodes: Iterable[EpisodeCanon]) -> list[str]:
    """Return the questions that are still open after these episodes, oldest first."""
    still: dict[str, str] = {}
    for episode in episodes:
        for thread in episode.threads:
            if thread.state == "opened":
                still.setdefault(_plain(thread.question), thread.question)
            else:
                still.pop(_plain(thread.question), None)
    return list(still.values())


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .!?")
