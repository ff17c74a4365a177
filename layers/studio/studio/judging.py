"""Having a clip's picture judged: blind, by one rubric, whoever asks."""

import hashlib

from pydantic import JsonValue

from studio.domain import realism
from studio.domain.attachment import media_type_of
from studio.domain.shot import Shot
from studio.generation.ports import JudgeRequest
from studio.purchases import BoughtJudge
from studio.shots import Staged
from studio.writing import judge_checked


def judge_picture(judge: BoughtJudge, picture: bytes, on_paper: Staged, *, photorealistic: bool) -> realism.Verdict:
    """Return the verdict on one picture. Raises what the judge raises, and BadAnswer after two repairs."""
    judgement = judge_checked(judge, judge_request(picture, on_paper, photorealistic=photorealistic))
    if judgement.rehearsal:
        return realism.Verdict(rehearsal=True, note=judgement.note)
    return realism.judged(judgement.marks)


def judge_request(picture: bytes, on_paper: Staged, *, photorealistic: bool) -> JudgeRequest:
    """Return what a judge is asked: the picture, what it should show, and nothing of how it came about."""
    criteria = realism.criteria(photorealistic=photorealistic, references=bool(on_paper.references))
    return JudgeRequest(
        instructions=realism.rubric(criteria),
        criteria=criteria,
        material=_shown(on_paper.shot),
        picture=picture,
        media_type=media_type_of(picture) or "image/png",
        sha256=hashlib.sha256(picture).hexdigest(),
        references=on_paper.references,
    )


def _shown(shot: Shot) -> dict[str, JsonValue]:
    people: list[JsonValue] = [
        {name: value for name, value in figure.model_dump(mode="json").items() if value} for figure in shot.people
    ]
    shown: dict[str, JsonValue] = {
        "set": shot.heading,
        "people in the frame": people,
        "what happens": shot.description,
        "framing": f"{shot.size}, camera at {shot.angle}".replace("_", " "),
        "mood": shot.mood,
        "light": shot.light,
        "look": shot.look,
    }
    return {name: value for name, value in shown.items() if value or name == "people in the frame"}
