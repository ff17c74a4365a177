"""What goes wrong: once and then not, for good, and for one clip alone."""

from datetime import timedelta

import pytest

from studio.domain.errors import BadAnswer, Blocked, ProviderMissing, StudioError, Throttled, Unavailable
from tests.flow.world import World, script_of

pytestmark = pytest.mark.flow

PASSING = [Unavailable("The provider does not answer."), RuntimeError("a worker broke")]


@pytest.mark.parametrize("error", PASSING, ids=lambda error: type(error).__name__)
def test_each_stage_may_fail_once_and_the_episode_is_completed(world: World, error: Exception) -> None:
    world.writer.next.append(error)
    world.painter.next[1].append(error)
    world.crashes["close_render"].append(error)
    world.crashes["clip_metadata"].append(error)

    episode = world.produce(clips=2)

    assert (episode["status"], episode["reason"]) == ("completed", "")
    assert [(clip["status"], clip["reason"], clip["measured"]) for clip in episode["clips"]] == [
        ("rendered", "", True)
    ] * 2
    assert world.counts() == {"completed": 1}
    assert world.dead_letters == []
    assert (len(world.writer.asked), world.painter.painted) == (2, [1, 1, 2])
    world.clock.forward(timedelta(hours=1).total_seconds())
    world.sweep()
    bought = "unknown" if isinstance(error, RuntimeError) else "released"
    assert sorted(spend.status for spend in world.ledger()) == sorted([bought] * 2 + ["settled"] * 5)


@pytest.mark.parametrize(
    "error",
    [
        Blocked("The prompt was refused: it names a weapon."),
        ProviderMissing("No Gemini key is stored."),
        BadAnswer("The answer was cut off."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_script_that_cannot_be_written_ends_the_episode_with_the_reason(world: World, error: StudioError) -> None:
    world.writer.next.extend([error] * 3)

    episode = world.produce(clips=1)

    assert episode["status"] == "failed"
    assert str(error) in episode["reason"]
    assert [(stage["status"], str(error) in stage["reason"]) for stage in episode["stages"]] == [("stopped", True)]
    assert (episode["clips"], world.painter.asked) == ([], [])
    assert world.metadata(episode["episode_id"])["reason"] == episode["reason"]
    assert world.counts() == {"failed": 1}


def test_a_writer_that_breaks_every_time_ends_the_episode_after_the_last_retry(world: World) -> None:
    world.writer.next.extend([RuntimeError("broken")] * 6)

    episode = world.produce(clips=1)

    assert (episode["status"], len(world.writer.asked)) == ("failed", 6)
    assert episode["reason"].startswith("The script could not be written, and retries did not help.")
    assert [stage["status"] for stage in episode["stages"]] == ["stopped"]
    assert world.again(episode["episode_id"])["status"] == "completed"


def test_one_blocked_clip_leaves_the_others_and_is_rendered_alone_later(world: World) -> None:
    world.painter.next[2].append(Blocked("The picture was refused."))

    episode = world.produce()

    assert (episode["status"], episode["reason"]) == ("partial", "Clip 2: The picture was refused.")
    assert [clip["status"] for clip in episode["clips"]] == ["rendered", "failed", "rendered"]
    assert [clip["measured"] for clip in episode["clips"]] == [True, False, True]
    assert world.metadata(episode["episode_id"])["clips"][1]["reason"] == "The picture was refused."
    assert world.painter.painted == [1, 2, 3]

    after = world.shoot(episode["episode_id"], 2)

    assert (after["status"], after["reason"], after["take"]) == ("completed", "", 2)
    assert [clip["status"] for clip in after["clips"]] == ["rendered"] * 3
    assert world.painter.painted == [1, 2, 2, 3]
    assert len(world.writer.asked) == 1
    assert world.counts() == {"completed": 1}
    assert world.happened() == [
        "queued", "writing", "written", "rendering", "partial", "queued", "rendering", "completed",
    ]  # fmt: skip


def test_a_clip_whose_painter_breaks_every_time_is_the_only_one_missing(world: World) -> None:
    world.painter.next[1].extend([RuntimeError("broken")] * 6)

    episode = world.produce(clips=2)

    assert episode["status"] == "partial"
    assert episode["reason"].startswith("Clip 1: The renderer broke off and retries did not help.")
    assert world.painter.painted == [1] * 6 + [2]


def test_no_clip_at_all_is_a_failed_episode_that_says_why_for_each(world: World) -> None:
    for number in (1, 2):
        world.painter.next[number].append(Blocked(f"Refused {number}."))

    episode = world.produce(clips=2)

    assert (episode["status"], episode["reason"]) == ("failed", "Clip 1: Refused 1. Clip 2: Refused 2.")
    assert world.counts() == {"failed": 1}


def test_the_machine_waits_where_the_provider_asks_for_it(world: World) -> None:
    world.writer.next.append(Throttled("Slow down.", 30))
    world.painter.next[1].extend([Throttled("Slow down.", 45), Throttled("Slow down.", None)])

    episode = world.produce(clips=1)

    assert episode["status"] == "completed"
    assert world.machine_waits == [30, 45, 5]
    assert world.function_sleeps == []
    assert {spend.status for spend in world.ledger()} == {"settled", "released"}


def test_a_pause_that_the_provider_asks_one_worker_for_holds_all_of_them(world: World) -> None:
    world.settings |= {"image_rate": 2.0}
    world.one_at_a_time = True
    world.painter.next[1].append(Throttled("Slow down.", 60))

    episode = world.produce()

    assert episode["status"] == "completed"
    assert len(world.machine_waits) >= 1
    assert max(world.function_sleeps, default=0) <= 20
    assert world.painter.painted == [1, 1, 2, 3]


def test_without_a_budget_nothing_is_bought(world: World) -> None:
    world.settings |= {"monthly_cap_usd": "0.01"}

    episode = world.produce(clips=1)

    assert episode["status"] == "failed"
    assert "pass this month's cap of $0.01. Nothing was bought." in episode["reason"]
    assert world.writer.asked == world.painter.asked == world.ledger() == []
    assert episode["cost_usd"] == 0
    runs = world.api("GET", "/runs").body["items"]
    assert [(run["status"], run["error_type"]) for run in runs] == [("failed", "budget_exceeded")]


def test_a_budget_that_runs_out_midway_leaves_what_was_paid_for(world: World) -> None:
    world.settings |= {"episode_cap_usd": "0.13"}
    world.one_at_a_time = True

    episode = world.produce(clips=6)

    assert episode["status"] == "partial"
    rendered = [clip for clip in episode["clips"] if clip["status"] == "rendered"]
    assert len(rendered) == len(world.painter.asked) == 3
    assert all("cap of $0.13" in clip["reason"] for clip in episode["clips"] if clip not in rendered)
    assert episode["cost_usd"] <= 0.13

    world.settings |= {"episode_cap_usd": "2"}
    assert world.again(episode["episode_id"])["status"] == "completed"
    assert world.painter.painted == [1, 2, 3, 4, 5, 6]


def test_a_script_that_breaks_a_rule_is_written_again_with_the_checkers_words(world: World) -> None:
    def strange() -> object:
        script = script_of(world.writer.asked[-1])
        script.clips[0].people.append("Nobody Known")
        return script

    world.writer.next.append(strange)

    episode = world.produce(clips=1)

    assert episode["status"] == "completed"
    first, second = world.writer.asked
    assert first.feedback == ()
    assert second.feedback == ("“Nobody Known” is not in the cast; only the cast and the guests may appear.",)


def test_a_script_that_never_keeps_the_rules_fails_after_two_repairs(world: World) -> None:
    def too_many() -> object:
        return script_of(world.writer.asked[-1].model_copy(update={"material": {"cast": [], "clips": 5}}))

    world.writer.next.extend([too_many] * 3)

    episode = world.produce(clips=1)

    assert (episode["status"], len(world.writer.asked)) == ("failed", 3)
    assert "still not usable after 2 repairs: There must be exactly 1 clips" in episode["reason"]
    assert len(world.ledger()) == 3, "what was written was paid for"

    assert world.again(episode["episode_id"])["status"] == "completed", "another attempt is not the remembered one"
    assert len(world.writer.asked) == 4


def test_a_missing_reference_fails_the_clip_that_needs_it_and_names_whose_it_is(world: World) -> None:
    project = world.api("POST", "/projects", {"title": "Walahi House"}).body["project_id"]
    path = f"/projects/{project}/characters"
    character = world.api("POST", path, {"name": "Amina Yusuf"}).body["character_id"]
    attachment = world.upload("Amina")
    world.api("PUT", f"{path}/{character}/reference", {"attachment_id": attachment})
    assert world.api("DELETE", f"/attachments/{attachment}").status == 204

    def without_people() -> object:
        script = script_of(world.writer.asked[-1])
        script.clips[1].people.clear()
        return script

    world.writer.next.append(without_people)
    episode = world.produce(project_id=project, clips=2)

    assert episode["status"] == "partial"
    assert episode["reason"] == (
        "Clip 1: The reference picture of Amina Yusuf is not there. Upload it again, or take it off them."
    )
    assert world.painter.painted == [2]


def test_an_earlier_script_stays_when_another_cannot_be_written(world: World) -> None:
    project = world.api("POST", "/projects", {"title": "Walahi House"}).body["project_id"]
    episode = world.produce(project_id=project, clips=1)
    world.api("POST", f"/projects/{project}/characters", {"name": "Zahra Noor"})
    world.writer.next.extend([Blocked("Refused.")] * 3)

    after = world.again(episode["episode_id"])

    assert (after["status"], after["reason"]) == ("failed", "Refused.")
    assert after["script"] == episode["script"]
    assert world.shoot(episode["episode_id"])["status"] == "completed"


def test_a_script_written_by_hand_after_the_writer_failed_is_shot(world: World) -> None:
    world.writer.next.extend([Blocked("Refused.")] * 3)
    episode = world.produce(clips=1)
    script = script_of(world.writer.asked[-1]).model_dump(mode="json")

    edited = world.api("PATCH", f"/episodes/{episode['episode_id']}", {"version": episode["version"], "script": script})

    assert edited.status == 200, edited.body
    assert [(stage["status"], stage["reason"]) for stage in edited.body["stages"]] == [("done", "")]
    assert world.again(episode["episode_id"])["status"] == "completed"
    assert len(world.writer.asked) == 3
