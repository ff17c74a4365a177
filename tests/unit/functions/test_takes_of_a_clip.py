"""A clip is painted until one take is good enough, and the best is kept with what was thought of each."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from functions.render_clip import app
from studio.domain.episode import Clip, ClipStatus, Episode, Measurement, Status
from studio.domain.errors import (
    BadAnswer,
    Blocked,
    BudgetExceeded,
    ProviderFailed,
    ProviderMissing,
    StudioError,
    Throttled,
    Unavailable,
)
from studio.domain.project import Brief
from studio.domain.realism import Fault, Verdict
from studio.entry import Settings, Studio
from tests.conftest import Clock
from tests.unit.made import AT, ListedJudge, ListedPainter, a_picture, an_owner, moved, stored

S = Status
FIRST, SECOND, THIRD, FOURTH = (a_picture(shade=shade) for shade in (10, 20, 30, 40))
SQUARE = a_picture(size=(16, 16))


@pytest.fixture
def studio(cloud: None) -> Studio:
    settings = replace(Settings.from_environment(), image_rate=0, text_rate=0)
    fakes: dict[str, Any] = {
        "painters": {"gemini": ListedPainter([FIRST, SECOND, THIRD, FOURTH])},
        "judges": {"gemini": ListedJudge()},
    }
    return Studio(an_owner(), settings, take=1, clock=Clock(), **fakes)


@pytest.fixture
def episode(studio: Studio) -> Episode:
    return moved(studio, stored(studio, provider="gemini"), S.WRITTEN)


def render(studio: Studio, episode: Episode, number: int = 1) -> Clip:
    app.render_clip(app.ClipRequest(episode_id=episode.episode_id, clip=number), studio)
    return studio.episodes.clip(episode.episode_id, number)


def anew(studio: Studio) -> Studio:
    """Return another worker's studio of the same owner, as after a retry."""
    return Studio(
        studio.owner,
        studio.settings,
        take=1,
        clock=studio.clock,
        painters=studio.painters,
        judges=studio.judges,
    )


def painter_of(studio: Studio) -> ListedPainter:
    return studio.painters["gemini"]  # type: ignore[return-value]


def judge_of(studio: Studio) -> ListedJudge:
    return studio.judges["gemini"]  # type: ignore[return-value]


def bought(studio: Studio) -> tuple[int, int]:
    return len(painter_of(studio).calls), len(judge_of(studio).calls)


def file_of(studio: Studio, clip: Clip) -> bytes:
    return studio.videos.get(f"{clip.episode_id}/{clip.name}") or b""


def test_a_good_first_take_is_kept_and_no_other_painted(studio: Studio, episode: Episode) -> None:
    clip = render(studio, episode)
    assert bought(studio) == (1, 1)
    [take] = clip.takes
    assert (take.take, take.sha256, take.model) == (1, hashlib.sha256(FIRST).hexdigest(), painter_of(studio).model)
    assert (take.kept, take.pixels, take.verdict and take.verdict.overall) == (True, (), 5)
    assert clip.kept == take
    assert file_of(studio, clip) == FIRST


def test_a_poor_first_take_gets_a_second_one_and_the_better_is_kept_with_both_verdicts(
    studio: Studio, episode: Episode
) -> None:
    judge_of(studio).does = [2, 4]
    clip = render(studio, episode)
    assert bought(studio) == (2, 2)
    assert [(take.take, take.kept) for take in clip.takes] == [(1, False), (2, True)]
    assert [take.verdict and take.verdict.overall for take in clip.takes] == [1.25, 4]
    assert file_of(studio, clip) == SECOND
    assert clip.sha256 == hashlib.sha256(SECOND).hexdigest()


def test_of_two_poor_takes_the_less_poor_is_kept_whichever_came_first(studio: Studio, episode: Episode) -> None:
    judge_of(studio).does = [3, {"hands": 1}]
    clip = render(studio, episode)
    assert [take.kept for take in clip.takes] == [True, False]
    assert file_of(studio, clip) == FIRST
    assert clip.status is ClipStatus.RENDERED
    assert clip.takes[0].reason == "Kept as the best there is: 3.00 of 5, less than the 3.5 asked for."


@pytest.mark.parametrize(("takes", "painted"), [(1, 1), (3, 3), (4, 4), (9, 4), (0, 1)])
def test_there_are_never_more_takes_than_were_set_or_than_four(
    studio: Studio, episode: Episode, takes: int, painted: int
) -> None:
    studio.settings = replace(studio.settings, takes=takes)
    judge_of(studio).does = [1] * 9
    clip = render(studio, episode)
    assert [call.take for call in painter_of(studio).calls] == list(range(1, painted + 1))
    assert len(clip.takes) == painted


def test_the_threshold_is_the_settings(studio: Studio, episode: Episode) -> None:
    studio.settings = replace(studio.settings, realism_threshold=1.0)
    judge_of(studio).does = [1]
    assert len(render(studio, episode).takes) == 1


def test_another_take_of_the_clip_paints_takes_of_its_own(studio: Studio, episode: Episode) -> None:
    judge_of(studio).does = [2, 2, 2, 2]
    render(studio, episode)
    studio.episodes.update_clip(episode.episode_id, 1, AT, take=2)
    clip = render(anew(studio), episode)
    assert [call.take for call in painter_of(studio).calls] == [1, 2, 5, 6]
    assert [take.take for take in clip.takes] == [5, 6]


def test_done_again_it_buys_neither_a_picture_nor_a_judgement(studio: Studio, episode: Episode) -> None:
    judge_of(studio).does = [2, 4]
    first = render(studio, episode)
    again = anew(studio)
    second = render(again, episode)
    assert bought(studio) == (2, 2)
    assert second.takes == first.takes
    assert second.calls == first.calls
    assert [purchase.cost for purchase in again.till.purchases] == [0] * 4


def test_the_clip_knows_what_it_bought(studio: Studio, episode: Episode) -> None:
    judge_of(studio).does = [2, 4]
    clip = render(studio, episode)
    ledger = studio.ledger.page("2026-11", 50, None)[0]
    assert sorted(clip.calls) == sorted(spend.digest for spend in ledger)
    assert sorted((spend.purpose, spend.clip) for spend in ledger) == [("judge_clip", 1)] * 2 + [("render_clip", 1)] * 2
    assert [studio.memo.get(digest) is not None for digest in clip.calls] == [True] * 4


def test_a_clip_that_failed_or_was_painted_again_still_knows_what_was_bought_for_it(
    studio: Studio, episode: Episode
) -> None:
    painter_of(studio).does = [FIRST[:60], SECOND[:60], THIRD]
    with pytest.raises(BadAnswer):
        render(studio, episode)
    failed = studio.episodes.clip(episode.episode_id, 1).calls
    assert len(failed) == 2
    studio.episodes.update_clip(episode.episode_id, 1, AT, take=2)
    clip = render(anew(studio), episode)
    assert list(clip.calls[:2]) == list(failed)
    assert len(clip.calls) == 4  # and the picture that can be shown, with its judgement


# -- when nobody can judge


@pytest.mark.parametrize(
    "error",
    [Blocked("The picture was refused."), ProviderFailed("No such model."), ProviderMissing("No key."),
     BudgetExceeded("Over the cap.")],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_a_picture_that_cannot_be_judged_is_kept_and_says_so(
    studio: Studio, episode: Episode, error: StudioError
) -> None:
    judge_of(studio).does = [error]
    clip = render(studio, episode)
    assert bought(studio) == (1, 1)
    assert (clip.status, file_of(studio, clip)) == (ClipStatus.RENDERED, FIRST)
    [take] = clip.takes
    assert (take.kept, take.verdict) == (True, None)
    assert take.reason == f"Kept unjudged. It could not be judged: {error}"


def test_an_answer_that_is_no_use_is_asked_for_twice_more_with_what_was_wrong(studio: Studio, episode: Episode) -> None:
    judge_of(studio).does = [BadAnswer("light: missing."), BadAnswer("hands: 6."), 4]
    clip = render(studio, episode)
    assert [call.feedback for call in judge_of(studio).calls] == [(), ("light: missing.",), ("hands: 6.",)]
    assert clip.takes[0].verdict is not None
    assert len(painter_of(studio).calls) == 1


def test_after_two_repairs_the_picture_is_kept_unjudged(studio: Studio, episode: Episode) -> None:
    judge_of(studio).does = [BadAnswer("Not JSON.")] * 3
    clip = render(studio, episode)
    assert bought(studio) == (1, 3)
    assert clip.takes[0].reason.endswith("still not usable after 2 repairs: Not JSON.")


def test_a_judge_model_that_is_not_in_the_catalogue_costs_no_picture(studio: Studio, episode: Episode) -> None:
    studio.judges.clear()
    studio.settings = replace(studio.settings, judge_model="no-such-model")
    clip = render(studio, episode)
    assert clip.status is ClipStatus.RENDERED
    assert "“no-such-model” is not in the catalogue" in clip.takes[0].reason


@pytest.mark.parametrize("error", [Throttled("Wait.", 3), Unavailable("Down.")])
def test_a_judge_who_is_busy_is_waited_for_like_a_painter_and_the_picture_is_remembered(
    studio: Studio, episode: Episode, error: StudioError
) -> None:
    judge_of(studio).does = [error]
    with pytest.raises(type(error)):
        render(studio, episode)
    waiting = studio.episodes.clip(episode.episode_id, 1)
    assert (waiting.status, waiting.reason, waiting.takes) == (ClipStatus.PENDING, str(error), ())
    clip = render(anew(studio), episode)
    assert clip.status is ClipStatus.RENDERED
    assert bought(studio) == (1, 2)


# -- when there is no second take


@pytest.mark.parametrize("error", [BudgetExceeded("Over the cap."), Blocked("Refused."), ProviderFailed("Gone.")])
def test_what_stops_the_second_take_leaves_the_first(studio: Studio, episode: Episode, error: StudioError) -> None:
    painter_of(studio).does = [FIRST, error]
    judge_of(studio).does = [2]
    clip = render(studio, episode)
    assert (clip.status, clip.reason, file_of(studio, clip)) == (ClipStatus.RENDERED, "", FIRST)
    [take] = clip.takes
    assert take.reason.endswith(f"No other take was painted: {error}")


def test_a_budget_that_ends_between_two_takes_keeps_the_first(studio: Studio, episode: Episode) -> None:
    # Room for one picture and its judgement, and not for another picture.
    studio.settings = replace(studio.settings, episode_cap_usd="0.06")
    judge_of(studio).does = [2]
    clip = render(studio, episode)
    assert (clip.status, len(clip.takes), file_of(studio, clip)) == (ClipStatus.RENDERED, 1, FIRST)
    assert "cap of $0.06" in clip.takes[0].reason
    assert bought(studio) == (1, 1)


def test_a_budget_that_ends_before_the_judgement_keeps_the_picture_unjudged(studio: Studio, episode: Episode) -> None:
    studio.settings = replace(studio.settings, episode_cap_usd="0.04")
    clip = render(studio, episode)
    assert (clip.status, bought(studio)) == (ClipStatus.RENDERED, (1, 0))
    assert "Kept unjudged" in clip.takes[0].reason
    assert "cap of $0.04" in clip.takes[0].reason


def test_a_second_take_that_must_wait_is_waited_for_and_the_first_remembered(studio: Studio, episode: Episode) -> None:
    painter_of(studio).does = [FIRST, Throttled("Wait.", 3), SECOND]
    judge_of(studio).does = [2, 4]
    with pytest.raises(Throttled):
        render(studio, episode)
    clip = render(anew(studio), episode)
    assert [take.kept for take in clip.takes] == [False, True]
    assert bought(studio) == (3, 2)


def test_an_episode_that_was_cancelled_meanwhile_gets_no_second_take(studio: Studio, episode: Episode) -> None:
    judge = judge_of(studio)
    judge_once = judge.judge

    def cancelled(request: Any) -> Any:
        moved(studio, episode, S.CANCELLED)
        return judge_once(request)

    judge.does = [2]
    judge.judge = cancelled  # type: ignore[method-assign]
    clip = render(studio, episode)
    assert bought(studio) == (1, 1)
    assert file_of(studio, clip) == FIRST


# -- what the pixels show


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (a_picture()[:-30], Fault.CORRUPT),
        (b"<svg/>", Fault.CORRUPT),
        (SQUARE, Fault.WRONG_SIZE),
    ],
)
def test_a_faulty_take_is_not_judged_and_another_is_painted(
    studio: Studio, episode: Episode, wrong: bytes, fault: Fault
) -> None:
    painter_of(studio).does = [wrong, SECOND]
    clip = render(studio, episode)
    assert [(take.pixels, take.kept, take.verdict is None) for take in clip.takes] == [
        ((fault,), False, True),
        ((), True, False),
    ]
    assert bought(studio) == (2, 1)
    assert file_of(studio, clip) == SECOND


def test_when_no_take_can_be_shown_the_clip_fails_and_says_what_came(studio: Studio, episode: Episode) -> None:
    earlier = a_picture(shade=70)
    studio.videos.put(f"{episode.episode_id}/clips/1.png", earlier, "image/png")
    painter_of(studio).does = [b"", a_picture()[:40]]
    with pytest.raises(BadAnswer):
        render(studio, episode)
    clip = studio.episodes.clip(episode.episode_id, 1)
    assert clip.status is ClipStatus.FAILED
    assert clip.reason == (
        "No picture came that can be shown (take 1: the file cannot be read; take 2: the file cannot be read). "
        "Ask for another take, or describe it otherwise."
    )
    assert studio.videos.get(f"{episode.episode_id}/clips/1.png") == earlier
    assert judge_of(studio).calls == []


def test_a_first_take_that_cannot_be_shown_and_a_second_that_is_refused_fail_with_the_refusal(
    studio: Studio, episode: Episode
) -> None:
    painter_of(studio).does = [b"", Blocked("Refused.")]
    with pytest.raises(Blocked):
        render(studio, episode)
    assert studio.episodes.clip(episode.episode_id, 1).reason == "Refused."


def test_a_picture_of_the_wrong_shape_is_kept_where_there_is_no_other(studio: Studio, episode: Episode) -> None:
    painter_of(studio).does = [SQUARE, SQUARE]
    clip = render(studio, episode)
    assert (clip.status, file_of(studio, clip)) == (ClipStatus.RENDERED, SQUARE)
    assert clip.takes[0].reason == ("Kept for want of a better one: it has another shape than was asked for.")
    assert bought(studio) == (2, 0)


def test_the_picture_of_another_clip_is_not_taken_twice(studio: Studio, episode: Episode) -> None:
    painter_of(studio).does = [FIRST, FIRST, SECOND]
    render(studio, episode, 1)
    clip = render(anew(studio), episode, 2)
    assert [(take.pixels, take.kept) for take in clip.takes] == [((Fault.DUPLICATE,), False), ((), True)]
    assert file_of(studio, clip) == SECOND


def test_a_clip_is_no_duplicate_of_itself(studio: Studio, episode: Episode) -> None:
    painter_of(studio).does = [FIRST, FIRST]
    render(studio, episode)
    studio.episodes.update_clip(episode.episode_id, 1, AT, take=2)
    assert render(anew(studio), episode).takes[0].pixels == ()


# -- what is told


def test_a_rehearsal_is_accepted_at_once_and_invents_no_scores(studio: Studio) -> None:
    episode = moved(studio, stored(studio, provider="draft"), S.WRITTEN)
    studio.painters["draft"] = ListedPainter([FIRST], model="draft-storyboard-1")
    clip = render(studio, episode)
    [take] = clip.takes
    assert take.verdict == Verdict(rehearsal=True, note="A rehearsal frame: nobody judged it, so it has no scores.")
    assert (take.kept, take.reason) == (True, take.verdict.note)


def test_the_file_beside_a_clip_has_every_take(studio: Studio, episode: Episode) -> None:
    judge_of(studio).does = [2, 4]
    # The event of the file's arrival was faster than the renderer.
    measured = Measurement(
        etag="e", sha256=hashlib.sha256(SECOND).hexdigest(), bytes=len(SECOND), media_type="image/png",
        width=16, height=9, measured_at=AT,
    )  # fmt: skip
    studio.episodes.update_clip(episode.episode_id, 1, AT, measured=measured)
    clip = render(studio, episode)
    facts = json.loads(studio.videos.get(f"{episode.episode_id}/clips/1.json") or b"null")
    assert facts["takes"] == [take.model_dump(mode="json") for take in clip.takes]


@pytest.mark.parametrize("photorealistic", [True, False])
def test_looking_drawn_is_a_fault_only_where_a_photograph_is_wanted(studio: Studio, photorealistic: bool) -> None:
    brief = Brief(title="House", photorealistic=photorealistic)
    clip = render(studio, moved(studio, stored(studio, provider="gemini", brief=brief), S.WRITTEN))
    verdict = clip.takes[0].verdict
    assert verdict is not None
    assert ("illustration_look" in [mark.criterion for mark in verdict.marks]) is photorealistic


def test_the_judge_is_told_what_the_picture_should_show_and_nothing_of_how_it_came_about(
    studio: Studio, episode: Episode
) -> None:
    judge_of(studio).does = [2, 2]
    render(studio, episode)
    first, second = judge_of(studio).calls
    assert first.picture == FIRST
    told = first.model_dump(mode="json", exclude={"picture"})
    assert told["material"]["what happens"] == "Plate 1 slides across the table."
    for word in ("gemini", "banana", "draft", "provider", "lens at f/2.0", painter_of(studio).calls[0].prompt):
        assert word.casefold() not in json.dumps(told).casefold()
    # Which of the takes it is cannot be told: two requests differ in their picture alone.
    differing = {name for name, value in first.model_dump().items() if value != second.model_dump()[name]}
    assert differing == {"picture", "sha256"}
