"""/episodes: read, edit, delete and download what was made."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from studio import takes
from studio.domain import materials
from studio.domain.base import Id, Instant, Value
from studio.domain.episode import ChosenTrend, Clip, ClipStatus, Episode, Gate, Pipeline, Status, TaughtBy
from studio.domain.errors import Conflict, NotFound
from studio.domain.framing import is_stale
from studio.domain.money import usd
from studio.domain.pipeline import STAGES, Step
from studio.domain.realism import TakeVerdict
from studio.domain.screenplay import to_fountain, to_markdown
from studio.domain.script import Script
from studio.domain.shot import Aspect
from studio.editing import EpisodeEdit, edit
from studio.entry import Studio, api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId
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
    """A stage of the work. `seconds` is null while it runs; `stale` names the parts that an edit has left behind.

    `calls` are the remembered generations that it came from.
    """

    name: str
    status: str
    reason: str
    notes: tuple[str, ...]
    edited: bool
    stale: tuple[str, ...]
    seconds: float | None
    calls: tuple[str, ...]


class ClipView(Value):
    """A clip. `measured` turns true when the stored file has been measured; then its size is known.

    `stale`: what is on paper has changed since it was rendered. `takes` are the pictures that were painted for it the
    last time, each with what was thought of it; `calls` the remembered generations that it and earlier ones came from.
    `lines` are the scene's lines that are said while it runs.
    """

    number: int
    scene: int | None
    lines: tuple[int, ...]
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
    stale: bool
    calls: tuple[str, ...]
    measured: bool
    bytes: int | None
    width: int | None
    height: int | None


class EpisodeView(EpisodeSummary):
    """An episode in full. `script` is null until it is written. Send `version` back when you edit.

    `under_way`: somebody works on it, or it waits at a gate; poll until it is false, or `status` is `in_review`.
    """

    synopsis: str
    version: int
    take: int
    pipeline: Pipeline
    review: tuple[Gate, ...]
    air_date: date | None
    trend: ChosenTrend | None
    taught: TaughtBy | None
    under_way: bool
    editable: bool
    stages: list[StageView]
    clips: list[ClipView]
    script: Script | None


class EpisodePage(Value):
    """Some episodes, newest first; `cursor` leads to the next page, null on the last."""

    items: list[EpisodeSummary]
    cursor: str | None


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
def edit_episode(episode_id: PathId, wanted: Annotated[EpisodeEdit, Body()], studio: Caller) -> EpisodeView:
    """Edit title, synopsis, script or clip descriptions. 409 while it is being made, or changed since you read it."""
    return _view(edit(studio, studio.episodes.get(episode_id), wanted), studio)


@app.delete("/episodes/<episode_id>", tags=["episodes"], status_code=204)
def delete_episode(episode_id: PathId, studio: Caller) -> Response[None]:
    """Delete an episode, its clips and its files. 409 while it is being made, or something of it is on sale."""
    if studio.products.on_sale(episode_id):
        raise Conflict("Something of this episode is on sale. Take it off first: DELETE /products/{id}.")
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


def _summary(episode: Episode) -> EpisodeSummary:
    return EpisodeSummary(**_told(episode, EpisodeSummary), cost_usd=usd(episode.spent))


def _view(episode: Episode, studio: Studio) -> EpisodeView:
    paper = studio.episodes.paper(episode.episode_id)
    cast = studio.cast_of(episode)
    stale = materials.stale_parts(episode, paper, [character.sheet for character in cast])
    return EpisodeView(
        **_told(episode, EpisodeView),
        cost_usd=usd(episode.spent),
        under_way=episode.under_way,
        editable=episode.editable,
        stages=[
            StageView(
                name=record.name,
                # Whoever was at it is gone when the episode is over.
                status="stopped" if record.status == "running" and not episode.under_way else record.status,
                reason=record.reason,
                notes=record.notes,
                edited=record.edited,
                stale=stale.get(Step(record.name), ()),
                seconds=record.seconds,
                calls=record.calls,
            )
            for record in sorted(paper.records.values(), key=lambda record: STAGES.index(Step(record.name)))
        ],
        clips=[
            _clip_view(clip, paper.script, stale=is_stale(clip, episode, paper, cast))
            for clip in studio.episodes.clips(episode.episode_id)
        ],
        script=paper.script,
    )


def _told(episode: Episode, view: type[Value]) -> dict[str, object]:
    return {name: value for name, value in episode.model_dump().items() if name in view.model_fields}


def _clip_view(clip: Clip, script: Script | None, *, stale: bool) -> ClipView:
    described = next((c for c in script.clips if c.number == clip.number), None) if script else None
    measured = clip.measured if clip.is_measured else None
    return ClipView(
        **{
            name: value
            for name, value in clip.model_dump(exclude={"measured"}).items()
            if name in ClipView.model_fields
        },
        scene=described.scene if described else None,
        lines=tuple(described.lines) if described else (),
        stale=stale,
        description=described.description if described else "",
        measured=measured is not None,
        bytes=measured.bytes if measured else None,
        width=measured.width if measured else None,
        height=measured.height if measured else None,
    )


handler = api(app)
