"""live-boost-bot: a live event around an episode, on paper and announced; and what its chat asks."""

from pathlib import Path
from time import sleep

from pydantic import JsonValue

from studio.broadcasting import announce, approved_event, listen, opened, put_up
from studio.domain.base import Phrase, Value
from studio.domain.chat import ChatReport
from studio.domain.episode import Episode, ProviderName
from studio.domain.errors import Conflict, Invalid
from studio.domain.live_event import (
    BroadcastMade,
    BroadcastWaiting,
    LiveRequest,
    plain_run_sheet,
    timed,
)
from studio.domain.moderation import inflating
from studio.domain.paper import NO_SCRIPT
from studio.domain.run_sheet import RunSheet, RunSheetAnswer, run_sheet_problems
from studio.domain.script import Script
from studio.entry import Studio, bot
from studio.exports.run_sheet import markdown
from studio.generation.ports import WriteRequest
from studio.writing import write_checked

PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")
MAX_OUTPUT_TOKENS = 8_192

REHEARSED = "This is a rehearsal: the plan is a plain pattern, in English, filled from the script."
PLAYED = "The hosts are characters: decide who plays them live, and say that they are played."
BEGINS = "It begins when a stream arrives: connect your encoder to it in YouTube Studio, and try it out before."
NO_HOSTS = "The episode has nobody who could host it. Give its show a cast."


class LiveReport(Value):
    """What was planned, announced or heard. `missing` says what keeps the event from being put up for approval."""

    run_sheet: RunSheet | None = None
    markdown: str = ""
    waiting: BroadcastWaiting | None = None
    broadcast: BroadcastMade | None = None
    chat: ChatReport | None = None
    missing: tuple[Phrase, ...] = ()
    notes: tuple[Phrase, ...] = ()


def boost(request: LiveRequest, studio: Studio) -> LiveReport:
    """Plan a live event around an episode and announce it once it is approved; or say what its chat asks.

    Nothing in it makes an audience look larger than it is.
    """
    if request.action == "chat":
        live = opened(studio, request.account_id)
        chat_id = request.chat_id or live.broadcast(request.broadcast_id).chat_id
        if not chat_id:
            raise Conflict("This event has no chat. Switch it on in YouTube Studio.")
        return LiveReport(chat=listen(live, chat_id, request.cursor, request.seconds, clock=studio.clock, wait=sleep))
    if request.mode == "publish":
        return _announced(request, studio)
    return _planned(request, studio)


def _announced(request: LiveRequest, studio: Studio) -> LiveReport:
    if request.episode_id:
        studio.episodes.get(request.episode_id)
    approval, content = approved_event(studio, request.content_hash or "")
    given = request.model_dump(include={"episode_id", "starts_at", "made_for_kids"}, exclude_none=True)
    other = sorted(name for name, value in given.items() if value != getattr(content, name))
    if other:
        wrong = dict.fromkeys(other, "is not what was approved")
        raise Invalid("This is not the event that was approved. Draft it anew, or leave these out.", wrong)
    made = announce(studio, approval, content)
    unknown = "YouTube did not say whether it was created. Call again after `until`: it is looked for first."
    return LiveReport(broadcast=made, notes=(unknown if made.status == "unknown" else BEGINS,))


def _planned(request: LiveRequest, studio: Studio) -> LiveReport:
    episode = studio.episodes.get(request.episode_id or "")
    if request.starts_at is not None and request.starts_at <= studio.clock():
        raise Invalid("The event would have begun already. Say an hour to come.", {"starts_at": "is past"})
    if words := inflating(request.wishes):
        wrong = (
            f"“{words}” is not planned here: an audience is not made to look larger than it is. Wish something else."
        )
        raise Invalid(wrong, {"wishes": "asks for an audience that is none"})
    script = studio.episodes.paper(episode.episode_id).script
    if script is None:
        raise Conflict(NO_SCRIPT)
    provider = request.provider or episode.provider
    sheet = timed(_written(request, episode, script, provider, studio), request.minutes, request.starts_at)
    waiting, missing = put_up(request, sheet, studio)
    notes = (REHEARSED, PLAYED) if provider == "draft" else (PLAYED,)
    return LiveReport(run_sheet=sheet, markdown=markdown(sheet), waiting=waiting, missing=missing, notes=notes)


def _written(
    request: LiveRequest, episode: Episode, script: Script, provider: ProviderName, studio: Studio
) -> RunSheetAnswer:
    hosts = [character.sheet.name for character in studio.cast_of(episode)] or [guest.name for guest in script.guests]
    if not hosts:
        raise Conflict(NO_HOSTS)
    material: dict[str, JsonValue] = {
        "show": episode.brief.model_dump(mode="json", include={"title", "genre", "mood", "theme", "locale"}),
        "minutes": request.minutes,
        "hosts": list(hosts),
        "wishes": request.wishes,
        "script": script.model_dump(mode="json", include={"title", "synopsis", "open_question", "scenes", "clips"}),
    }
    if provider == "draft":
        plain = plain_run_sheet(script, hosts, request.minutes, episode.brief.title).model_dump(mode="json")
        # What stands at the top of an answer is found among choices.
        choices: dict[str, JsonValue] = {name: [plain[name]] for name in ("title", "description")}
        material |= plain | {"choices": choices | {"moderation": plain["moderation"]}}
    return write_checked(
        studio.writer(provider, "live_event", episode),
        WriteRequest(instructions=PROMPT, material=material, max_output_tokens=MAX_OUTPUT_TOKENS),
        RunSheetAnswer,
        lambda answer: run_sheet_problems(answer, script, hosts, request.minutes),
    )


handler = bot(boost)
