"""/episodes: read, edit, delete and download what was made."""

from enum import StrEnum
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field

from studio import takes
from studio.domain.base import Id, Instant, Text, Title, Value, Version
from studio.domain.episode import ACTIVE, TERMINAL, Clip, ClipStatus, Episode, StageRecord, Status
from studio.domain.errors import Conflict, Invalid, NotFound
from studio.domain.money import usd
from studio.domain.realism import TakeVerdict
from studio.domain.screenplay import to_fountain, to_markdown
from studio.domain.script import Script, problems
from studio.domain.shot import Aspect
from studio.entry import Studio, api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId
from studio.rollup import write_metadata
from studio.store.episodes import SCRIPT_STAGE
from studio.store.objects import LINK_SECONDS

app = resolver()


class EpisodeSummary(Value):
    """An episode in a list. `title` is empty until the script is written."""

    episode_id: Id
    project_id: Id | None
    title: str
    prompt: str
    status: Status
    reason: str
    provider: str
    aspect: Aspect
    clips_wanted: int
    cost_usd: float
    created_at: Instant
    updated_at: Instant


class StageView(Value):
    """A stage of the work. `seconds` is null while it runs."""

    name: str
    status: str
    reason: str
    edited: bool
    seconds: float | None


class ClipView(Value):
    """A clip. `measured` turns true when the stored file has been measured; then its size is known.

    `takes` are the pictures that were painted for it the last time, each with what was thought of it.
    """

    number: int
    scene: int | None
    description: str
    status: ClipStatus
    reason: str
    name: str
    sha256: str
    provider: str
    model: str
    draft: bool
    take: int
    takes: tuple[TakeVerdict, ...]
    measured: bool
    bytes: int | None
    width: int | None
    height: int | None


class EpisodeView(EpisodeSummary):
    """An episode in full. `script` is null until it is written. Send `version` back when you edit."""

    synopsis: str
    version: int
    take: int
    stages: list[StageView]
    clips: list[ClipView]
    script: Script | None


class EpisodePage(Value):
    """Some episodes, newest first; `cursor` leads to the next page, null on the last."""

    items: list[EpisodeSummary]
    cursor: str | None


class ClipEdit(Value):
    """Another description for one clip."""

    number: int
    description: Text


class EpisodeEdit(Value):
    """What to change; what is left out stays. `version` is the one you read."""

    version: Version
    title: Title | None = None
    synopsis: Text | None = None
    script: Script | None = None
    clips: tuple[ClipEdit, ...] = Field(default=(), max_length=6)


class DownloadableFile(Value):
    """A file and a link that downloads it. `sha256` is null for a `.json`."""

    name: str
    url: str
    bytes: int
    sha256: str | None


class FileList(Value):
    """An episode's files; the links work for `expires_in` seconds."""

    items: list[DownloadableFile]
    expires_in: int = LINK_SECONDS


class ScriptFormat(StrEnum):
    """A script as text: Markdown to read, Fountain for screenwriting programs."""

    MARKDOWN = "md"
    FOUNTAIN = "fountain"


@app.get("/episodes", tags=["episodes"])
def list_episodes(studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> EpisodePage:
    """List your episodes."""
    items, following = studio.episodes.page(limit, cursor)
    return EpisodePage(items=[_summary(episode) for episode in items], cursor=following)


@app.get("/episodes/<episode_id>", tags=["episodes"])
def read_episode(episode_id: PathId, studio: Caller) -> EpisodeView:
    """Read one episode with its stages, clips and script."""
    return _view(studio.episodes.get(episode_id), studio)


@app.patch("/episodes/<episode_id>", tags=["episodes"])
def edit_episode(episode_id: PathId, edit: Annotated[EpisodeEdit, Body()], studio: Caller) -> EpisodeView:
    """Edit title, synopsis, script or clip descriptions. 409 while it is being made, or changed since you read it."""
    now = studio.episodes.get(episode_id)
    if now.status in ACTIVE:
        raise Conflict(f"The episode is {now.status}. Edit it when it is done, or cancel it first.")
    if now.version != edit.version:
        raise Conflict(f"You edited version {edit.version}; the stored one is {now.version}. Read the episode again.")
    record = studio.episodes.stage(episode_id, SCRIPT_STAGE)
    written = Script.model_validate_json(record.document) if record is not None and record.document else None
    script = _edited_script(edit, written, now, studio)
    at = studio.clock()
    changed = None
    if script is not None:
        changed = (record or _by_hand(episode_id, at)).model_copy(
            update={
                "document": script.model_dump_json(),
                "edited": True,
                "status": "done",
                "reason": "",
                "finished_at": at,
            }
        )
    then = now.model_copy(
        update={
            "title": script.title if script else edit.title or now.title,
            "synopsis": script.synopsis if script else edit.synopsis or now.synopsis,
            "updated_at": at,
        }
    )
    studio.episodes.edit(now, then, changed, script)
    if then.status in TERMINAL:
        write_metadata(studio, episode_id)
    return _view(studio.episodes.get(episode_id), studio)


@app.delete("/episodes/<episode_id>", tags=["episodes"], status_code=204)
def delete_episode(episode_id: PathId, studio: Caller) -> Response[None]:
    """Delete an episode, its clips and its files. 409 while it is being made."""
    try:
        studio.episodes.delete(episode_id, studio.clock())
    except NotFound:
        # A deletion that was cut short left its files behind.
        studio.videos.delete_under(f"{episode_id}/")
        raise
    studio.videos.delete_under(f"{episode_id}/")
    return Response(204)


@app.post("/episodes/<episode_id>/cancel", tags=["episodes"], status_code=202)
def cancel_episode(episode_id: PathId, studio: Caller) -> Response[EpisodeSummary]:
    """Stop making an episode. What is finished stays; it can be taken up again."""
    cancelled = takes.stop(studio, studio.episodes.get(episode_id))
    return Response(202, content_type="application/json", body=_summary(cancelled))


@app.get("/episodes/<episode_id>/files", tags=["episodes"])
def list_files(episode_id: PathId, studio: Caller) -> FileList:
    """List an episode's files with links that download them."""
    episode = studio.episodes.get(episode_id)
    sums = {clip.name: clip.sha256 for clip in studio.episodes.clips(episode_id) if clip.name}
    label = "-".join((episode.title or "episode").split())[:60]
    items = []
    for stored in studio.videos.under(f"{episode_id}/"):
        name = stored.name.removeprefix(f"{episode_id}/")
        link = studio.videos.link(stored.name, f"{label}-{name}")
        items.append(DownloadableFile(name=name, url=link, bytes=stored.bytes, sha256=sums.get(name)))
    return FileList(items=items)


@app.get(
    "/episodes/<episode_id>/script/<script_format>",
    tags=["episodes"],
    responses={
        200: {
            "description": "The script as text",
            "content": {"text/markdown": {"schema": {"type": "string"}}, "text/plain": {"schema": {"type": "string"}}},
        }
    },
)
def read_script(episode_id: PathId, script_format: ScriptFormat, studio: Caller) -> Response[str]:
    """Read the script as Markdown (`md`) or Fountain (`fountain`)."""
    episode = studio.episodes.get(episode_id)
    script = studio.episodes.script(episode_id)
    if script is None:
        raise NotFound("The script is not written yet.")
    write, media_type = {
        ScriptFormat.MARKDOWN: (to_markdown, "text/markdown"),
        ScriptFormat.FOUNTAIN: (to_fountain, "text/plain"),
    }[script_format]
    text = write(script, provider=episode.provider, prompt=episode.prompt)
    return Response(200, content_type=f"{media_type}; charset=utf-8", body=text)


def _edited_script(edit: EpisodeEdit, written: Script | None, episode: Episode, studio: Studio) -> Script | None:
    """Return the script with every edit in it, None while there is none. Raises Invalid for one that breaks rules."""
    script = edit.script or written
    if script is None:
        if edit.clips:
            raise Conflict("The script is not written yet, so there are no clips to describe.")
        return None
    numbers = {clip.number for clip in script.clips}
    for clip in edit.clips:
        if clip.number not in numbers:
            raise Invalid(f"The episode has no clip {clip.number}.", {"clips": f"must be among {sorted(numbers)}"})
        script = script.with_clip(clip.number, clip.description)
    given = {"title": edit.title, "synopsis": edit.synopsis}
    script = script.model_copy(update={name: text for name, text in given.items() if text is not None})
    if edit.script is not None:
        cast = [character.sheet.name for character in studio.cast_of(episode)]
        wrong = problems(script, cast=cast, prompt=episode.prompt, clips=episode.clips_wanted)
        if wrong:
            raise Invalid("This script cannot be shot: " + " ".join(wrong), {"script": " ".join(wrong)})
    return script


def _by_hand(episode_id: str, at: Instant) -> StageRecord:
    return StageRecord(episode_id=episode_id, name=SCRIPT_STAGE, status="done", started_at=at)


def _summary(episode: Episode) -> EpisodeSummary:
    return EpisodeSummary(**_told(episode, EpisodeSummary), cost_usd=usd(episode.spent))


def _view(episode: Episode, studio: Studio) -> EpisodeView:
    script = studio.episodes.script(episode.episode_id)
    return EpisodeView(
        **_told(episode, EpisodeView),
        cost_usd=usd(episode.spent),
        stages=[
            StageView(
                name=record.name,
                # Whoever was at it is gone when the episode is over.
                status="stopped" if record.status == "running" and episode.status not in ACTIVE else record.status,
                reason=record.reason,
                edited=record.edited,
                seconds=record.seconds,
            )
            for record in studio.episodes.stages(episode.episode_id)
        ],
        clips=[_clip_view(clip, script) for clip in studio.episodes.clips(episode.episode_id)],
        script=script,
    )


def _told(episode: Episode, view: type[Value]) -> dict[str, object]:
    return {name: value for name, value in episode.model_dump().items() if name in view.model_fields}


def _clip_view(clip: Clip, script: Script | None) -> ClipView:
    described = next((c for c in script.clips if c.number == clip.number), None) if script else None
    measured = clip.measured if clip.is_measured else None
    return ClipView(
        **{
            name: value
            for name, value in clip.model_dump(exclude={"measured"}).items()
            if name in ClipView.model_fields
        },
        scene=described.scene if described else None,
        description=described.description if described else "",
        measured=measured is not None,
        bytes=measured.bytes if measured else None,
        width=measured.width if measured else None,
        height=measured.height if measured else None,
    )


handler = api(app)
