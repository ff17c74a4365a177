"""Judging the pictures that are there."""

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.realism_audit import app
from functions.render_clip import app as render
from studio.domain.base import new_id
from studio.domain.episode import Episode, Status
from studio.domain.errors import BadAnswer, Blocked, BudgetExceeded, Conflict, Invalid, NotFound, Throttled
from studio.entry import Settings, Studio
from tests.conftest import Clock, Context, call, http_event
from tests.unit.made import AT, ListedJudge, ListedPainter, a_picture, an_owner, moved, stored

S = Status


@pytest.fixture
def studio(cloud: None) -> Studio:
    return opened(an_owner())


def opened(owner: str, take: int | None = None) -> Studio:
    settings = replace(Settings.from_environment(), image_rate=0, text_rate=0)
    return Studio(owner, settings, take=take, clock=Clock(), judges={"gemini": ListedJudge()})


@pytest.fixture
def episode(studio: Studio) -> Episode:
    """A finished episode whose first two clips were rendered and judged: the first well, the second poorly."""
    episode = moved(studio, stored(studio, provider="gemini"), S.WRITTEN)
    worker = opened(studio.owner, take=1)
    worker.painters["gemini"] = ListedPainter([a_picture(shade=shade) for shade in (10, 20, 30)])
    worker.judges["gemini"] = ListedJudge([5, 2, {"matches_description": 1}])
    for number in (1, 2):
        render.render_clip(render.ClipRequest(episode_id=episode.episode_id, clip=number), worker)
    return moved(studio, episode, S.PARTIAL)


def judge_of(studio: Studio) -> ListedJudge:
    return studio.judges["gemini"]  # type: ignore[return-value]


def audit(studio: Studio, episode: Episode, *clips: int) -> app.AuditReport:
    return app.audit_realism(app.AuditRequest(episode_id=episode.episode_id, clips=clips), studio)


def forget(studio: Studio, episode: Episode) -> None:
    """Leave the clips as they were before pictures were judged, and nothing remembered."""
    for number in (1, 2):
        studio.episodes.update_clip(episode.episode_id, number, AT, takes=[])
    for spend in studio.ledger.page("2026-11", 50, None)[0]:
        studio._material.delete(f"memo/{spend.digest}")


def test_every_rendered_clip_is_told_with_scores_reasons_and_the_next_step(studio: Studio, episode: Episode) -> None:
    report = audit(studio, episode)
    assert [(one.clip, one.acceptable) for one in report.clips] == [(1, True), (2, False), (3, None)]
    good, poor, none = report.clips
    assert good.verdict is not None
    assert good.next_step == "Nothing was found. Leave it as it is."
    assert poor.verdict is not None
    assert poor.next_step == (
        "Describe clip 2 more plainly, or shoot clip 2 again with another_take (generate-video). "
        "Its weakest point, matches description (1 of 5): As one sees."
    )
    assert {mark.criterion: mark.score for mark in poor.verdict.marks}["matches_description"] == 1
    assert (none.verdict, none.next_step) == (None, app.NOT_RENDERED)
    assert report.threshold == 3.5


def test_what_was_judged_before_costs_nothing_and_says_the_same(studio: Studio, episode: Episode) -> None:
    before = [clip.takes for clip in studio.episodes.clips(episode.episode_id)]
    audit(studio, episode)
    assert judge_of(studio).calls == []
    assert [clip.takes for clip in studio.episodes.clips(episode.episode_id)] == before
    assert [purchase.cost for purchase in studio.till.purchases] == [0, 0]


def test_a_verdict_is_kept_with_its_clip_and_in_the_files(studio: Studio, episode: Episode) -> None:
    forget(studio, episode)
    judge_of(studio).does = [{"light": 3}]
    report = audit(studio, episode, 1)
    assert report.clips[0].next_step == "Good enough. Its weakest point, light (3 of 5): As one sees."
    clip = studio.episodes.clip(episode.episode_id, 1)
    assert clip.kept is not None
    assert clip.kept.verdict == report.clips[0].verdict
    assert clip.kept.reason == "Kept: 4.67 of 5, at least the 3.5 asked for."
    for name in ("clips/1.json", "metadata.json"):
        told = json.loads(studio.videos.get(f"{episode.episode_id}/{name}") or b"null")
        takes = told["takes"] if "takes" in told else told["clips"][0]["takes"]
        assert takes[0]["verdict"] == clip.kept.verdict.model_dump(mode="json")
    assert {(spend.purpose, spend.clip) for spend in studio.ledger.page("2026-11", 1, None)[0]} == {
        ("realism_audit", 1)
    }


def test_the_verdict_goes_to_the_take_that_was_kept_and_the_others_stay(studio: Studio, episode: Episode) -> None:
    before = studio.episodes.clip(episode.episode_id, 2)
    assert [take.kept for take in before.takes] == [False, True]
    for spend in studio.ledger.page("2026-11", 50, None)[0]:
        studio._material.delete(f"memo/{spend.digest}")
    judge_of(studio).does = [4]
    audit(studio, episode, 2)
    first, second = studio.episodes.clip(episode.episode_id, 2).takes
    assert first == before.takes[0]
    assert (second.kept, second.verdict and second.verdict.overall) == (True, 4)


def test_without_a_rendered_clip_there_is_nothing_to_judge(studio: Studio, episode: Episode) -> None:
    with pytest.raises(Conflict, match="nothing to judge"):
        audit(studio, episode, 3)
    with pytest.raises(Conflict, match="nothing to judge"):
        audit(studio, moved(studio, stored(studio, script=False), S.FAILED))


def test_a_clip_that_is_not_there_is_named(studio: Studio, episode: Episode) -> None:
    with pytest.raises(Invalid, match="no clip 6"):
        audit(studio, episode, 1, 6)


def test_what_is_not_there_or_somebody_elses_is_not_found(studio: Studio, episode: Episode) -> None:
    for asks, episode_id in ((studio, new_id(AT)), (opened(an_owner()), episode.episode_id)):
        with pytest.raises(NotFound):
            app.audit_realism(app.AuditRequest(episode_id=episode_id), asks)


def test_an_episode_that_is_being_made_is_let_finish_unless_its_own_execution_asks(
    studio: Studio, episode: Episode
) -> None:
    moved(studio, episode, S.QUEUED, S.RENDERING)
    with pytest.raises(Conflict, match="Wait, or cancel it"):
        audit(studio, episode)
    assert audit(opened(studio.owner, take=1), episode).clips[0].verdict is not None
    with pytest.raises(Conflict):
        audit(opened(studio.owner, take=9), episode)


def test_a_file_that_is_gone_is_said_of_its_clip(studio: Studio, episode: Episode) -> None:
    studio.videos.delete(f"{episode.episode_id}/clips/1.png")
    report = audit(studio, episode)
    assert (report.clips[0].verdict, report.clips[0].next_step) == (None, app.GONE)
    assert report.clips[1].verdict is not None


def test_a_clip_that_cannot_be_judged_leaves_the_others(studio: Studio, episode: Episode) -> None:
    forget(studio, episode)
    judge_of(studio).does = [Blocked("The picture was refused."), 4]
    report = audit(studio, episode, 1, 2)
    assert report.clips[0].next_step == "It could not be judged: The picture was refused."
    assert report.clips[1].verdict is not None
    assert studio.episodes.clip(episode.episode_id, 1).takes == ()


@pytest.mark.parametrize(
    "errors",
    [[BudgetExceeded("Over the cap.")] * 2, [BadAnswer("No.")] * 6, [Throttled("Wait.", 3)]],
    ids=["budget", "answers", "rate"],
)
def test_when_none_can_be_judged_the_caller_hears_why(studio: Studio, episode: Episode, errors: list[Any]) -> None:
    forget(studio, episode)
    judge_of(studio).does = errors
    with pytest.raises(type(errors[0])):
        audit(studio, episode)
    assert studio.episodes.clip(episode.episode_id, 1).takes == ()


def test_a_picture_that_was_replaced_meanwhile_keeps_no_verdict_of_the_one_before(
    studio: Studio, episode: Episode
) -> None:
    forget(studio, episode)
    judge = judge_of(studio)
    judge_once = judge.judge

    def replaced(request: Any) -> Any:
        studio.episodes.update_clip(episode.episode_id, 1, AT, sha256="f" * 64)
        return judge_once(request)

    judge.judge = replaced  # type: ignore[method-assign]
    report = audit(studio, episode, 1)
    assert report.clips[0].next_step == "It was shot again meanwhile. Ask once more."
    assert studio.episodes.clip(episode.episode_id, 1).takes == ()


def test_a_rehearsal_has_no_scores_and_says_how_to_get_some(studio: Studio) -> None:
    episode = moved(studio, stored(studio, provider="draft"), S.WRITTEN)
    worker = opened(studio.owner, take=1)
    worker.painters["draft"] = ListedPainter([a_picture()], model="draft-storyboard-1")
    render.render_clip(render.ClipRequest(episode_id=episode.episode_id, clip=1), worker)
    [told] = audit(studio, moved(studio, episode, S.PARTIAL), 1).clips
    assert told.verdict is not None
    assert (told.verdict.rehearsal, told.verdict.marks, told.verdict.overall, told.acceptable) == (True, (), None, None)
    assert told.next_step == (
        "A rehearsal frame: nobody judged it, so it has no scores. "
        "Produce the episode with the provider gemini to have its pictures judged."
    )


def test_over_http_it_is_a_bot_now_or_later(
    studio: Studio, episode: Episode, lambdas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # `lambdas` has emptied the table: what is asked for is made anew, as this caller's.
    del episode
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "studio-realism-audit")
    mine = Studio.opened_for("amina")
    made = moved(mine, stored(mine, provider="draft"), S.FAILED)
    body = {"episode_id": made.episode_id}
    refused = call(app.handler, http_event("POST", "/functions/realism-audit", body))
    assert (refused.status, refused.body["type"]) == (409, "urn:episode-studio:conflict")
    later = call(app.handler, http_event("POST", "/functions/realism-audit", body, headers={"Prefer": "respond-async"}))
    assert (later.status, later.headers["Location"]) == (202, f"/runs/{later.body['run_id']}")
    [invoked] = lambdas.invoked
    with pytest.raises(Conflict):
        app.handler(json.loads(invoked["Payload"]), Context())
    assert [run.bot for run in mine.runs.page(5, None)[0]] == ["realism-audit"] * 2
