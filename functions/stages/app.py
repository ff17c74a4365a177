"""/episodes/{id}/stages: what each stage put on paper, part by part, to read and to edit."""

import json
from collections.abc import Mapping
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import JsonValue, ValidationError

from studio.domain.base import Value, Version
from studio.domain.episode import Episode, Part, StageRecord
from studio.domain.errors import Invalid, NotFound
from studio.domain.pipeline import StageName, Step
from studio.editing import edit_part, reset_part, stale_parts
from studio.entry import Studio, api, resolver
from studio.entry.http import Caller, PathId

app = resolver()

PartKey = Annotated[str, Path(pattern=r"^[a-z]{1,20}(-[1-9][0-9]?)?$")]


class PartView(Value):
    """A piece of a stage's artifact. `stale`: it was made from something that has changed since."""

    key: str
    edited: bool
    stale: bool
    document: JsonValue


class ArtifactView(Value):
    """What one stage made. `notes` is what its checks found and let pass. Send `version` back when you edit."""

    stage: str
    status: str
    reason: str
    notes: tuple[str, ...]
    version: int
    parts: list[PartView]


class PartEdit(Value):
    """Another document for a part; with null it is made anew. `version` is the episode's that you read."""

    version: Version
    document: JsonValue = None


@app.get("/episodes/<episode_id>/stages/<stage_name>", tags=["stages"])
def read_stage(episode_id: PathId, stage_name: StageName, studio: Caller) -> ArtifactView:
    """Read what a stage made of an episode."""
    return _view(studio.episodes.get(episode_id), Step(stage_name), studio)


@app.put("/episodes/<episode_id>/stages/<stage_name>/<part_key>", tags=["stages"])
def write_part(
    episode_id: PathId,
    stage_name: StageName,
    part_key: PartKey,
    wanted: Annotated[PartEdit, Body()],
    studio: Caller,
) -> ArtifactView:
    """Edit a part; what was made from it becomes stale. A null document gives the part up, to be made anew.

    409 while the episode is being made, or changed since you read it.
    """
    now, step = studio.episodes.get(episode_id), Step(stage_name)
    if wanted.document is None:
        return _view(reset_part(studio, now, step, part_key, wanted.version), step, studio)
    try:
        return _view(edit_part(studio, now, step, part_key, wanted.document, wanted.version), step, studio)
    except ValidationError as error:
        fields = {
            ".".join(["document", *map(str, found["loc"])]): found["msg"].removeprefix("Value error, ")
            for found in error.errors(include_url=False, include_input=False)
        }
        raise Invalid("; ".join(f"{path}: {message}" for path, message in list(fields.items())[:3]), fields) from error


def _view(episode: Episode, step: Step, studio: Studio) -> ArtifactView:
    paper = studio.episodes.paper(episode.episode_id)
    record = paper.records.get(step)
    if record is None:
        raise NotFound(f"{step} has not worked on this episode.")
    stale = stale_parts(studio, episode, paper)
    return _artifact(record, episode, stale.get(step, ()))


def _artifact(record: StageRecord, episode: Episode, stale: tuple[str, ...]) -> ArtifactView:
    told: Mapping[str, object] = record.model_dump(include={"status", "reason", "notes"})
    return ArtifactView(
        stage=record.name,
        version=episode.version,
        parts=[_part(part, part.key in stale) for part in record.parts],
        **told,
    )


def _part(part: Part, stale: bool) -> PartView:
    return PartView(key=part.key, edited=part.edited, stale=stale, document=json.loads(part.document))


handler = api(app)
