"""/episodes/{id}/exports: the script and the shots in the field's formats, made when asked for."""

from enum import StrEnum
from typing import Any

from aws_lambda_powertools.event_handler import Response

from studio.domain import materials
from studio.domain.base import Value
from studio.domain.episode import Episode
from studio.domain.errors import NotFound
from studio.domain.screenplay import to_fountain, to_markdown
from studio.domain.script import Script
from studio.entry import Studio, api, resolver
from studio.entry.http import Caller, PathId
from studio.exports.captions import to_srt, to_vtt
from studio.exports.edl import to_edl
from studio.exports.fdx import to_fdx
from studio.exports.otio import to_otio
from studio.exports.shots import to_csv
from studio.store.objects import LINK_SECONDS, attachment

app = resolver()


class ExportFormat(StrEnum):
    """What a script can be had as; each is also the file's extension."""

    MARKDOWN = "md"
    FOUNTAIN = "fountain"
    FDX = "fdx"
    PDF = "pdf"
    SRT = "srt"
    VTT = "vtt"
    CSV = "csv"
    OTIO = "otio"
    EDL = "edl"


class Export(Value):
    """A format that can be had. `path` is under the API's address, `purpose` what it is for."""

    format: ExportFormat
    media_type: str
    purpose: str
    path: str


class ExportList(Value):
    """What an episode can be had as."""

    items: list[Export]


class ExportLink(Value):
    """A link that downloads the file for `expires_in` seconds, without a token."""

    name: str
    media_type: str
    bytes: int
    url: str
    expires_in: int = LINK_SECONDS


F = ExportFormat
_KINDS: dict[ExportFormat, tuple[str, str]] = {
    F.MARKDOWN: ("text/markdown", "The script to read, in any editor."),
    F.FOUNTAIN: ("text/plain", "The script for screenwriting programs, as plain text."),
    F.FDX: ("application/xml", "The script for Final Draft and the programs that read its files."),
    F.PDF: ("application/pdf", "The screenplay to print, in the industry's layout."),
    F.SRT: ("application/x-subrip", "Subtitles for players and video sites."),
    F.VTT: ("text/vtt", "Subtitles for web pages, with who speaks."),
    F.CSV: ("text/csv", "The shot list for spreadsheets and scheduling programs."),
    F.OTIO: ("application/json", "The clips on a timeline, for editing programs that read OpenTimelineIO."),
    F.EDL: ("text/plain", "The clips on a timeline, for every editing program (CMX 3600)."),
}


@app.get("/episodes/<episode_id>/exports", tags=["episodes"])
def list_exports(episode_id: PathId, studio: Caller) -> ExportList:
    """List what an episode's script can be had as."""
    _written(studio, episode_id)
    return ExportList(
        items=[
            Export(format=kind, media_type=media_type, purpose=purpose, path=f"/episodes/{episode_id}/exports/{kind}")
            for kind, (media_type, purpose) in _KINDS.items()
        ]
    )


@app.get(
    "/episodes/<episode_id>/exports/<export_format>",
    tags=["episodes"],
    responses={
        200: {
            "description": "The file, or for `pdf` a link to it",
            "content": {
                **{
                    media_type: {"schema": {"type": "string"}}
                    for kind, (media_type, _) in _KINDS.items()
                    if kind is not F.PDF
                },
                "application/json": {"model": ExportLink | dict[str, Any]},
            },
        }
    },
)
def read_export(episode_id: PathId, export_format: ExportFormat, studio: Caller) -> Response[Any]:
    """Download the script in one format. Text is the answer itself; `pdf` is answered with 303 and a link to the file,
    or with 200 and the link as JSON where `Accept` asks for `application/json`.
    """
    episode, script = _written(studio, episode_id)
    name = f"{'-'.join(script.title.split())[:60]}.{export_format}"
    if export_format is F.PDF:
        return _linked(studio, episode, script, name)
    media_type, _ = _KINDS[export_format]
    return Response(
        200,
        content_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": attachment(name)},
        body=_text(export_format, studio, episode, script),
    )


def _written(studio: Studio, episode_id: str) -> tuple[Episode, Script]:
    episode = studio.episodes.get(episode_id)
    script = studio.episodes.script(episode_id)
    if script is None:
        raise NotFound("The script is not written yet.")
    return episode, script


def _text(kind: ExportFormat, studio: Studio, episode: Episode, script: Script) -> str:
    provider, prompt = episode.provider, episode.prompt
    match kind:
        case F.MARKDOWN:
            return to_markdown(script, provider=provider, prompt=prompt)
        case F.FOUNTAIN:
            return to_fountain(script, provider=provider, prompt=prompt)
        case F.FDX:
            return to_fdx(script, provider=provider, prompt=prompt)
        case F.SRT:
            return to_srt(script)
        case F.VTT:
            return to_vtt(script, provider=provider)
        case F.CSV:
            return to_csv(script)
        case F.OTIO:
            return to_otio(script, provider=provider, prompt=prompt, files=_files(studio, episode))
        case F.EDL:
            return to_edl(script, files=_files(studio, episode))
        case F.PDF:
            raise ValueError("a PDF is no text")


def _files(studio: Studio, episode: Episode) -> dict[int, str]:
    return {clip.number: clip.name for clip in studio.episodes.clips(episode.episode_id) if clip.name}


def _linked(studio: Studio, episode: Episode, script: Script, name: str) -> Response[Any]:
    """Store the PDF and answer with a link: the gateway would send bytes as Base64 to whoever does not ask just so."""
    # Here, because the library takes longer to import than all else, and no other format needs it.
    from paper.screenplay import to_pdf

    media_type, _ = _KINDS[F.PDF]
    # The day that it is for, and not the instant it was asked for: the same episode made again is the same file.
    data = to_pdf(script, provider=episode.provider, prompt=episode.prompt, day=materials.air_day(episode))
    stored = f"{episode.episode_id}/exports/screenplay.pdf"
    studio.videos.put(stored, data, media_type)
    try:
        studio.episodes.get(episode.episode_id)
    except NotFound:
        # Deleted since: nothing of it may come back.
        studio.videos.delete(stored)
        raise
    link = ExportLink(name=name, media_type=media_type, bytes=len(data), url=studio.videos.link(stored, name))
    asked = app.current_event.headers.get("Accept") or ""
    if "application/json" in asked:
        return Response(200, content_type="application/json", body=link)
    return Response(303, content_type="application/json", headers={"Location": link.url}, body=link)


handler = api(app)
