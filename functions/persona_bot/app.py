"""persona-bot: a character speaks, and is held against what is known of them; or made-up viewers read a script."""

import re
from pathlib import Path

from pydantic import JsonValue

from studio.craft import viewers
from studio.domain.base import Value
from studio.domain.episode import Episode, ProviderName
from studio.domain.errors import BadAnswer, Blocked, Conflict, Invalid, StudioError
from studio.domain.likeness import unconsented, unmarked
from studio.domain.paper import NO_SCRIPT
from studio.domain.persona import (
    REHEARSED_SPEECH,
    PersonaRequest,
    Speech,
    SpeechReading,
    checked,
    known_of,
    reading_problems,
    speech_problems,
    spoken_label,
)
from studio.domain.plain_speech import plain_reading, plain_speech
from studio.domain.script import Script
from studio.domain.viewers import (
    LEAST_VIEWERS,
    REHEARSED_PANEL,
    Reaction,
    Viewer,
    ViewerReaction,
    panel_label,
    reacted,
    reaction_problems,
    watching,
)
from studio.entry import Studio, bot
from studio.insight.consistency import SpokenReport, consistency
from studio.insight.panel import PanelReport, Unheard, summary
from studio.personas import real_people
from studio.stages import side_by_side
from studio.writing import Desk

_COMMON, _REAL, _SPEAK, _CHECK, _REACT = re.split(
    r"^## .+$", Path(__file__).with_name("prompt.md").read_text(encoding="utf-8"), flags=re.MULTILINE
)
MAX_OUTPUT_TOKENS = 8_192


class PersonaReport(Value):
    """What was heard: `speech` or `panel`. `ai_label` belongs beside it wherever it is shown."""

    ai_label: str
    rehearsal: bool
    speech: SpokenReport | None = None
    panel: PanelReport | None = None
    notes: tuple[str, ...] = ()


def ask_persona(request: PersonaRequest, studio: Studio) -> PersonaReport:
    """Have a character speak, with a score of how it agrees with their bible and canon; or show a script to a panel.

    A real person is spoken as only with a consent that is recorded and stands.
    """
    if request.mode == "speak":
        return _speak(request, studio)
    return _panel(request, studio)


def _desk(provider: ProviderName, studio: Studio, episode: Episode | None = None) -> Desk:
    return Desk(studio.writer(provider, "persona", episode), _COMMON, provider == "draft", MAX_OUTPUT_TOKENS)


def _speak(request: PersonaRequest, studio: Studio) -> PersonaReport:
    project_id, situation = request.project_id or "", request.situation or ""
    project, cast = studio.projects.get(project_id), studio.cast(project_id).all()
    character = studio.cast(project_id).get(request.character_id or "")
    if why := unconsented(character):
        raise Conflict(why)
    sheet = character.sheet
    desk = _desk(request.provider or studio.settings.provider, studio)
    # Whose consent stands may be spoken as; nobody else may be, in their place either.
    names = [] if character.real_person else [sheet.name]
    told = [situation] if character.real_person else [sheet.description, sheet.voice, situation]
    if people := real_people(desk, _REAL, names, [text for text in told if text]):
        raise Conflict(unmarked(people[0], character))
    known = known_of(sheet, studio.canon(project_id).all())
    shown: list[JsonValue] = [source.model_dump(mode="json") for source in known]
    others = [one.sheet.name for one in cast if one.character_id != character.character_id]
    material: dict[str, JsonValue] = {"known": shown, "situation": situation, "words": request.words}
    material |= {"others": list(others), "locale": project.brief.locale}
    if desk.rehearsal:
        material |= {"choices": {"text": list(plain_speech(sheet, situation, others))}}
    text = desk.ask(_SPEAK, material, Speech, lambda said: speech_problems(said, sheet, request.words)).text
    material = {"text": text, "situation": situation, "known": shown}
    if desk.rehearsal:
        # A model reads for itself; a plain reading would only lead it.
        material |= {"statements": [one.model_dump(mode="json") for one in plain_reading(text, known)]}
    reading = desk.ask(_CHECK, material, SpeechReading, lambda answer: reading_problems(answer, text, known))
    statements = checked(reading, known)
    return PersonaReport(
        ai_label=spoken_label(character, project.brief.title, rehearsal=desk.rehearsal),
        rehearsal=desk.rehearsal,
        speech=SpokenReport(
            character=sheet.name,
            text=text,
            consistency=consistency(statements),
            contradictions=tuple(one for one in statements if one.holds == "contradicts"),
            statements=statements,
        ),
        notes=(REHEARSED_SPEECH,) if desk.rehearsal else (),
    )


def _panel(request: PersonaRequest, studio: Studio) -> PersonaReport:
    episode = studio.episodes.get(request.episode_id or "")
    script = studio.episodes.paper(episode.episode_id).script
    if script is None:
        raise Conflict(NO_SCRIPT)
    desk = _desk(request.provider or episode.provider, studio, episode)
    panel = request.personas or viewers()[: request.size]
    own = [f"{viewer.name}: {viewer.taste}" for viewer in request.personas]
    if own and (people := real_people(desk, _REAL, [viewer.name for viewer in panel], own)):
        wrong = f"{people[0]} is a real person, and there is no consent for a viewer. Make somebody up."
        raise Invalid(wrong, {"personas": wrong})
    answers = side_by_side(range(len(panel)), lambda place: _reaction(panel[place], script, desk))
    heard = tuple(one for one in answers.values() if isinstance(one, ViewerReaction))
    failed = [(panel[place], one) for place, one in answers.items() if isinstance(one, StudioError)]
    if failed and len(heard) < LEAST_VIEWERS:
        raise failed[0][1]
    return PersonaReport(
        ai_label=panel_label(rehearsal=desk.rehearsal),
        rehearsal=desk.rehearsal,
        panel=PanelReport(
            episode_id=episode.episode_id,
            summary=summary(heard, script),
            reactions=heard,
            unheard=tuple(Unheard(viewer=viewer, why=str(error)) for viewer, error in failed),
        ),
        notes=(REHEARSED_PANEL,) if desk.rehearsal else (),
    )


def _reaction(viewer: Viewer, script: Script, desk: Desk) -> ViewerReaction | StudioError:
    """Return how one viewer takes the script, who knows of no other; what stayed unusable is told of them."""
    try:
        material = watching(viewer, script, rehearsal=desk.rehearsal)
        answer = desk.ask(_REACT, material, Reaction, lambda said: reaction_problems(said, script))
    except (BadAnswer, Blocked) as error:
        return error
    return reacted(viewer, answer, script)


handler = bot(ask_persona)
