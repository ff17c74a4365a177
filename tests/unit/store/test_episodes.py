"""Episodes in the table: moves, counters, edits, deletions."""

import random
import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.episode import ACTIVE, ClipStatus, Part, StageRecord, Status
from studio.domain.errors import Conflict, NotFound, StudioError
from studio.domain.pipeline import Step
from studio.entry import Settings, Studio
from studio.store.active import Active
from tests.conftest import Clock
from tests.unit.made import AT, a_script, an_episode, an_owner, moved, pages, statuses, stored

S = Status


@pytest.fixture
def studio(cloud: None) -> Studio:
    return opened()


def opened(owner: str = "") -> Studio:
    return Studio(owner or an_owner(), Settings.from_environment(), clock=Clock())


def true_counts(studio: Studio) -> dict[str, int]:
    return dict(
        Counter(episode.status.value for page in pages(lambda c: studio.episodes.page(7, c)) for episode in page)
    )


def counted(studio: Studio) -> dict[str, int]:
    return {status: count for status, count in studio.episodes.counts().items() if count}


def sk_of(studio: Studio, prefix: str) -> list[str]:
    return [item["sk"] for item in studio.partition.all(prefix)]


# -- moves and counters


@settings(max_examples=8)
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([*Status, "delete"])), max_size=15))
def test_the_counters_are_true_after_whatever_happened(cloud: None, steps: list[tuple[int, Any]]) -> None:
    studio = opened()
    episodes = [stored(studio, script=False) for _ in range(3)]
    for index, step in steps:
        episode_id = episodes[index].episode_id
        try:
            if step == "delete":
                studio.episodes.delete(episode_id, AT)
            else:
                studio.episodes.move(episode_id, step, AT)
        except (Conflict, NotFound):
            continue
    assert counted(studio) == true_counts(studio)


def test_a_move_is_noted_counted_and_indexed(studio: Studio) -> None:
    episode = stored(studio, script=False)
    later = AT + timedelta(minutes=1)
    studio.episodes.move(episode.episode_id, S.WRITING, later)
    assert counted(studio) == {"writing": 1}
    assert [item["what"] for item in studio.episodes.activity(5)] == ["writing", "queued"]
    active = Active(studio.client("dynamodb"), studio.settings.table)
    found = [(owner, one.episode_id) for owner, one in active.episodes(later + timedelta(seconds=1))]
    assert (studio.owner, episode.episode_id) in found
    assert (studio.owner, episode.episode_id) not in [(o, e.episode_id) for o, e in active.episodes(later)]
    studio.episodes.move(episode.episode_id, S.FAILED, later, reason="It broke.")
    assert studio.owner not in [owner for owner, _ in active.episodes(later + timedelta(days=1))]
    assert studio.episodes.get(episode.episode_id).reason == "It broke."


def test_an_episode_that_rests_is_not_looked_for_and_can_go(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.WRITING, S.WRITTEN)
    active = Active(studio.client("dynamodb"), studio.settings.table)
    later = AT + timedelta(days=1)
    assert studio.owner in [owner for owner, _ in active.episodes(later)]
    resting = studio.episodes.move(episode.episode_id, S.WRITTEN, AT, execution="")
    assert not resting.under_way
    assert studio.owner not in [owner for owner, _ in active.episodes(later)]
    assert counted(studio) == {"written": 1}
    studio.episodes.move(episode.episode_id, S.QUEUED, AT, execution="arn")
    assert studio.owner in [owner for owner, _ in active.episodes(later)]
    studio.episodes.delete(moved(studio, episode, S.FAILED).episode_id, AT)
    assert counted(studio) == {}


def test_a_stages_record_is_stored_while_its_episode_is_as_it_was_read(studio: Studio) -> None:
    episode = stored(studio)
    record = studio.episodes.stage(episode.episode_id, Step.SCRIPT)
    assert record is not None
    again = record.model_copy(update={"status": "running"})
    studio.episodes.save_stage(again, of=episode)
    assert studio.episodes.stage(episode.episode_id, Step.SCRIPT) == again
    assert studio.episodes.get(episode.episode_id) == episode
    studio.episodes.edit(episode, episode, [], None)
    with pytest.raises(Conflict, match="changed or started again"):
        studio.episodes.save_stage(record, of=episode)
    assert studio.episodes.stage(episode.episode_id, Step.SCRIPT) == again


def test_a_move_that_is_not_listed_changes_nothing(studio: Studio) -> None:
    episode = stored(studio, script=False)
    with pytest.raises(Conflict, match="cannot become completed"):
        studio.episodes.move(episode.episode_id, S.COMPLETED, AT)
    assert studio.episodes.get(episode.episode_id) == episode
    assert counted(studio) == {"queued": 1}


def test_moving_to_the_status_it_has_counts_nothing(studio: Studio) -> None:
    episode = moved(studio, stored(studio, script=False), S.WRITING, S.WRITING)
    assert episode.status is S.WRITING
    assert counted(studio) == {"writing": 1}
    assert len(studio.episodes.activity(9)) == 2


def test_a_move_from_a_stale_take_is_refused(studio: Studio) -> None:
    episode = stored(studio, script=False)
    moved(studio, episode, S.CANCELLED)
    studio.episodes.move(episode.episode_id, S.QUEUED, AT, expect=1, take=2)
    with pytest.raises(Conflict, match="in take 2; this came from take 1"):
        studio.episodes.move(episode.episode_id, S.WRITING, AT, expect=1)
    assert studio.episodes.get(episode.episode_id).status is S.QUEUED


def test_a_move_leaves_the_money_to_the_ledger(studio: Studio) -> None:
    from studio.store.ledger import Call

    episode = stored(studio, script=False)
    studio.ledger.reserve(Call("p", "gemini", "m", "2026-10-01", "d", 100, episode.episode_id), AT)
    moved(studio, episode, S.WRITING)
    assert studio.episodes.get(episode.episode_id).committed == 100


def test_of_two_that_move_the_same_episode_one_wins(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    episode = moved(studio, stored(studio, script=False), S.CANCELLED)
    other = opened(studio.owner)
    write, interleaved = studio.partition.write, []

    def late(*writes: Any) -> None:
        # The other looks and moves between our look and our write.
        if not interleaved:
            interleaved.append(other.episodes.move(episode.episode_id, S.QUEUED, AT, expect=1, take=2))
        write(*writes)

    monkeypatch.setattr(studio.partition, "write", late)
    with pytest.raises(Conflict):
        studio.episodes.move(episode.episode_id, S.QUEUED, AT, expect=1, take=2)
    assert counted(studio) == {"queued": 1}
    assert studio.episodes.get(episode.episode_id).take == 2


def test_of_many_threads_that_take_an_episode_up_again_one_wins(studio: Studio) -> None:
    episode = moved(studio, stored(studio, script=False), S.CANCELLED)
    gate, outcomes = threading.Barrier(4), []

    def take_up() -> None:
        mine = opened(studio.owner)
        gate.wait()
        try:
            mine.episodes.move(episode.episode_id, S.QUEUED, AT, expect=1, take=2)
            outcomes.append("won")
        except Conflict:
            outcomes.append("lost")

    threads = [threading.Thread(target=take_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["lost"] * 3 + ["won"]
    assert counted(studio) == {"queued": 1}


def test_renderers_that_start_together_all_go_on(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    episode = moved(studio, stored(studio), S.WRITING, S.WRITTEN)
    other = opened(studio.owner)
    write, met = studio.partition.write, []

    def late(*writes: Any) -> None:
        if not met:
            met.append(other.episodes.move(episode.episode_id, S.RENDERING, AT, expect=1))
        write(*writes)

    monkeypatch.setattr(studio.partition, "write", late)
    assert studio.episodes.move(episode.episode_id, S.RENDERING, AT, expect=1).status is S.RENDERING
    assert counted(studio) == {"rendering": 1}


def test_an_episode_that_never_stands_still_is_a_conflict(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    episode = stored(studio, script=False)
    other = opened(studio.owner)
    write = studio.partition.write

    def late(*writes: Any) -> None:
        now = other.episodes.get(episode.episode_id)
        other.episodes.edit(now, now.model_copy(update={"title": str(random.random())}), [], None)
        write(*writes)

    monkeypatch.setattr(studio.partition, "write", late)
    with pytest.raises(Conflict, match="keeps changing"):
        studio.episodes.move(episode.episode_id, S.WRITING, AT)


# -- lists


def test_the_newest_come_first_and_a_walk_finds_all(studio: Studio) -> None:
    made = []
    for minute in range(25):
        studio.clock.at = AT + timedelta(minutes=minute)  # type: ignore[attr-defined]
        made.append(stored(studio, script=False).episode_id)
    walked = list(pages(lambda cursor: studio.episodes.page(10, cursor)))
    assert [len(page) for page in walked] == [10, 10, 5]
    assert [episode.episode_id for page in walked for episode in page] == made[::-1]


def test_a_cursor_leads_nowhere_but_into_ones_own_list(studio: Studio) -> None:
    theirs = opened()
    for each in (studio, theirs):
        for _ in range(3):
            stored(each, script=False)
    _, cursor = studio.episodes.page(2, None)
    seen = [episode.episode_id for page in pages(lambda c: theirs.episodes.page(2, c or cursor)) for episode in page]
    assert set(seen) <= {episode.episode_id for episode in theirs.episodes.page(9, None)[0]}
    with pytest.raises(StudioError, match="another list"):
        theirs.projects.page(2, cursor)


# -- what people edit


def test_a_stale_edit_is_refused(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.FAILED)
    renamed = episode.model_copy(update={"title": "Supper"})
    studio.episodes.edit(episode, renamed, [], None)
    with pytest.raises(Conflict, match="changed meanwhile"):
        studio.episodes.edit(episode, renamed, [], None)
    assert studio.episodes.get(episode.episode_id).version == episode.version + 1


def test_an_edit_meets_a_start_and_loses(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.FAILED)
    moved(studio, episode, S.QUEUED)
    with pytest.raises(Conflict):
        studio.episodes.edit(episode, episode.model_copy(update={"title": "Late"}), [], None)


def test_a_script_of_an_older_take_is_not_stored(studio: Studio) -> None:
    episode = stored(studio)
    before = studio.episodes.script(episode.episode_id)
    moved(studio, episode, S.CANCELLED)
    studio.episodes.move(episode.episode_id, S.QUEUED, AT, take=2)
    other = a_script(title="Too late")
    record = StageRecord(episode_id=episode.episode_id, name=Step.SCRIPT, status="done", started_at=AT)
    with pytest.raises(Conflict, match="older take"):
        studio.episodes.save_artifact(
            episode, record.with_part(Part(key="script", document=other.model_dump_json())), other, AT
        )
    assert studio.episodes.script(episode.episode_id) == before


def test_a_new_script_leaves_the_clips_that_are_there(studio: Studio) -> None:
    episode = stored(studio)
    studio.episodes.update_clip(episode.episode_id, 2, AT, status=ClipStatus.RENDERED, sha256="f00")
    record = studio.episodes.stage(episode.episode_id, Step.SCRIPT)
    assert record is not None
    studio.episodes.save_artifact(studio.episodes.get(episode.episode_id), record, a_script(), AT)
    assert statuses(studio, episode) == {1: "pending", 2: "rendered", 3: "pending"}


def test_a_clip_that_is_not_there_is_not_made_by_a_change(studio: Studio) -> None:
    episode = stored(studio)
    with pytest.raises(NotFound, match="no clip 4"):
        studio.episodes.update_clip(episode.episode_id, 4, AT, status=ClipStatus.FAILED)
    assert len(studio.episodes.clips(episode.episode_id)) == 3


# -- deletion


def test_a_deleted_episode_takes_its_parts_along(studio: Studio) -> None:
    gone, stays = (moved(studio, stored(studio), S.FAILED) for _ in range(2))
    studio.episodes.delete(gone.episode_id, AT)
    assert sk_of(studio, f"CLIP#{gone.episode_id}") == sk_of(studio, f"STAGE#{gone.episode_id}") == []
    assert len(sk_of(studio, f"CLIP#{stays.episode_id}")) == 3
    assert counted(studio) == {"failed": 1}
    assert studio.episodes.activity(1)[0]["what"] == "deleted"
    with pytest.raises(NotFound):
        studio.episodes.get(gone.episode_id)


@pytest.mark.parametrize("status", sorted(ACTIVE))
def test_what_is_being_made_is_not_deleted(studio: Studio, status: Status) -> None:
    episode = stored(studio, script=False, status=status)
    with pytest.raises(Conflict, match=f"is {status}"):
        studio.episodes.delete(episode.episode_id, AT)
    assert counted(studio) == {status.value: 1}


def test_a_deletion_cut_short_is_finished_by_the_next(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    episode = moved(studio, stored(studio), S.FAILED)

    def die(_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(studio.partition, "write_each", die)
        with pytest.raises(KeyboardInterrupt):
            studio.episodes.delete(episode.episode_id, AT)
    assert len(sk_of(studio, f"CLIP#{episode.episode_id}")) == 3
    with pytest.raises(NotFound):
        studio.episodes.delete(episode.episode_id, AT)
    assert sk_of(studio, f"CLIP#{episode.episode_id}") == sk_of(studio, f"STAGE#{episode.episode_id}") == []
    assert counted(studio) == {}


def test_a_deletion_meets_a_start_and_loses(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    episode = moved(studio, stored(studio), S.FAILED)
    other, write = opened(studio.owner), studio.partition.write

    def late(*writes: Any) -> None:
        other.episodes.move(episode.episode_id, S.QUEUED, AT)
        write(*writes)

    monkeypatch.setattr(studio.partition, "write", late)
    with pytest.raises(Conflict, match="just changed"):
        studio.episodes.delete(episode.episode_id, AT)
    assert len(studio.episodes.clips(episode.episode_id)) == 3


# -- owners


def test_nothing_of_another_owner_is_ever_seen(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.FAILED)
    other = opened()
    for look in (
        lambda: other.episodes.get(episode.episode_id),
        lambda: other.episodes.clip(episode.episode_id, 1),
        lambda: other.episodes.move(episode.episode_id, S.QUEUED, AT),
        lambda: other.episodes.update_clip(episode.episode_id, 1, AT, name="x"),
        lambda: other.episodes.delete(episode.episode_id, AT),
    ):
        with pytest.raises(NotFound):
            look()
    assert other.episodes.clips(episode.episode_id) == other.episodes.stages(episode.episode_id) == []
    assert other.episodes.script(episode.episode_id) is None
    assert other.episodes.page(10, None) == ([], None)
    assert counted(other) == {}
    assert other.episodes.activity(5) == []
    assert studio.episodes.get(episode.episode_id) == episode
    assert len(studio.episodes.clips(episode.episode_id)) == 3


def test_an_episode_survives_the_table_as_it_was(studio: Studio) -> None:
    episode = an_episode(AT, title="Iftar 👨‍👩‍👧", reason="", committed=0)
    studio.episodes.create(episode)
    assert studio.episodes.get(episode.episode_id) == episode
