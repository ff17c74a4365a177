"""What a show remembers, and when it is remembered and forgotten."""

from typing import Any

import pytest

from functions.close_render import app as closing
from functions.projects import app as projects
from studio.domain.base import new_id
from studio.domain.canon import CanonFact, EpisodeCanon, OpenThread, Place
from studio.domain.episode import ClipStatus, Episode, Status
from studio.domain.pipeline import Step
from studio.domain.project import Brief
from studio.entry import Settings, Studio
from studio.stages import StageRequest
from tests.conftest import Clock, call, http_event
from tests.unit.made import AT, ListedWriter, a_script, an_owner, moved, stored

S = Status


@pytest.fixture
def studio(cloud: None) -> Studio:
    settings = Settings.from_environment()
    return Studio(an_owner(), settings, take=1, clock=Clock(), writers={"draft": ListedWriter([])})


def a_show(studio: Studio) -> str:
    return studio.projects.create(Brief(title="House"), AT).project_id


def entry(episode_id: str, title: str = "Tea", **more: Any) -> EpisodeCanon:
    return EpisodeCanon(episode_id=episode_id, title=title, synopsis="They drink.", closed_at=AT, **more)


def asks(question: str, state: str = "opened") -> tuple[OpenThread, ...]:
    return (OpenThread(question=question, state=state, at=Place(scene=1, line=1)),)


def titles(studio: Studio, show: str) -> list[str]:
    return [one.title for one in studio.canon(show).all()]


# -- the store


def test_what_episodes_add_is_read_oldest_first_and_put_anew_in_its_place(studio: Studio) -> None:
    show = a_show(studio)
    ids = [new_id(AT) for _ in range(3)]
    for number in (2, 0, 1):
        studio.canon(show).put(entry(ids[number], f"Episode {number}"))
    studio.canon(show).put(entry(ids[1], "Again", facts=(fact("28"),)))
    assert titles(studio, show) == ["Episode 0", "Again", "Episode 2"]
    assert [one.title for one in studio.canon(show).before(ids[2])] == ["Episode 0", "Again"]
    assert studio.canon(show).before(ids[0]) == []
    assert studio.canon(show).all()[1].facts == (fact("28"),)


def fact(age: str) -> CanonFact:
    return CanonFact(person="Bile", about="age", value=age, at=Place(scene=1, line=2))


def test_every_show_and_every_owner_remembers_for_itself(studio: Studio) -> None:
    show, another = a_show(studio), a_show(studio)
    studio.canon(show).put(entry(new_id(AT)))
    other = Studio(an_owner(), studio.settings)
    assert titles(studio, another) == titles(other, show) == []


def test_a_deleted_episode_is_forgotten_and_the_others_are_not(studio: Studio) -> None:
    show = a_show(studio)
    gone, stays = (moved(studio, stored(studio, project_id=show), S.FAILED) for _ in range(2))
    for episode in (gone, stays):
        studio.canon(show).put(entry(episode.episode_id, episode.episode_id))
    studio.episodes.delete(gone.episode_id, AT)
    assert titles(studio, show) == [stays.episode_id]


def test_a_deleted_show_remembers_nothing(studio: Studio) -> None:
    show, another = a_show(studio), a_show(studio)
    for each in (show, another):
        studio.canon(each).put(entry(new_id(AT)))
    answer = call(projects.handler, http_event("DELETE", f"/projects/{show}", owner=studio.owner))
    assert answer.status == 204
    assert (titles(studio, show), titles(studio, another)) == ([], ["Tea"])


# -- when an episode ends


def close(studio: Studio, episode: Episode, *rendered: int, **request: Any) -> Status:
    for number in rendered:
        studio.episodes.update_clip(episode.episode_id, number, AT, status=ClipStatus.RENDERED)
    asked = closing.CloseRequest(episode_id=episode.episode_id, **request)
    return closing.close_render(asked, studio).status


def test_a_completed_episode_is_remembered_with_what_it_left_open(studio: Studio) -> None:
    show = a_show(studio)
    episode = moved(studio, stored(studio, project_id=show), S.RENDERING)
    assert close(studio, episode, 1, 2, 3, clips=(1, 2, 3)) is S.COMPLETED
    [one] = studio.canon(show).all()
    assert (one.episode_id, one.title, one.synopsis) == (episode.episode_id, "The Dinner", "A dinner goes wrong.")


def test_a_partial_episode_is_remembered_too_and_once(studio: Studio) -> None:
    show = a_show(studio)
    episode = moved(studio, stored(studio, project_id=show), S.RENDERING)
    for _ in range(2):
        assert close(studio, episode, 1, clips=(1, 2, 3)) is S.PARTIAL
    assert titles(studio, show) == ["The Dinner"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ((S.RENDERING,), {"clips": (1, 2, 3)}),
        ((S.WRITING,), {"outcome": "blocked", "reason": "Refused."}),
        ((S.WRITTEN, S.IN_REVIEW), {"outcome": "rejected", "step": Step.REVIEW_SCRIPT, "reason": "No."}),
        ((S.WRITTEN, S.IN_REVIEW), {"outcome": "unanswered", "step": Step.REVIEW_SCRIPT}),
        ((S.WRITING, S.WRITTEN), {"rest": True}),
    ],
)
def test_what_nobody_will_see_is_not_remembered(
    studio: Studio, path: tuple[Status, ...], asked: dict[str, Any]
) -> None:
    show = a_show(studio)
    episode = moved(studio, stored(studio, project_id=show), *path)
    assert close(studio, episode, **asked) in {S.FAILED, S.CANCELLED, S.WRITTEN}
    assert titles(studio, show) == []


def test_an_episode_without_a_show_is_remembered_nowhere(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.RENDERING)
    assert close(studio, episode, 1, 2, 3, clips=(1, 2, 3)) is S.COMPLETED
    assert studio.partition.all("CANON#") == []


def test_an_episode_that_rests_is_held_by_nobody_and_can_be_edited(studio: Studio) -> None:
    for path in ((S.WRITING, S.WRITTEN), (S.WRITTEN, S.IN_REVIEW)):
        episode = moved(studio, stored(studio), *path)
        assert close(studio, episode, rest=True) is S.WRITTEN
        now = studio.episodes.get(episode.episode_id)
        assert (now.execution, now.under_way, now.editable) == ("", False, True)


# -- what a writer is shown


def write(studio: Studio, episode: Episode) -> ListedWriter:
    from functions.script_generator_bot.app import write_script

    writer = ListedWriter([a_script()])
    studio.writers["draft"] = writer
    write_script(StageRequest(episode_id=episode.episode_id), studio)
    return writer


def test_a_writer_is_shown_the_earlier_episodes_of_the_same_show_and_no_others(studio: Studio) -> None:
    show, another = a_show(studio), a_show(studio)
    before = [new_id(AT) for _ in range(7)]
    episode = stored(studio, script=False, project_id=show)
    for number, episode_id in enumerate(before):
        studio.canon(show).put(entry(episode_id, f"Episode {number}", threads=asks(f"Who is {number}?")))
    studio.canon(show).put(entry(new_id(AT), "A later one", threads=asks("What later?")))
    studio.canon(another).put(entry(before[0], "Another show's", threads=asks("Whose?")))
    [request] = write(studio, episode).calls
    canon: Any = request.material["canon"]
    # The latest in full, and of all what they left open.
    assert [one["title"] for one in canon["episodes"]] == [f"Episode {number}" for number in range(2, 7)]
    assert canon["open_questions"] == [f"Who is {number}?" for number in range(7)]
    assert "canon" not in request.instructions or "Who is" not in request.instructions


def test_a_question_that_was_answered_is_open_no_more(studio: Studio) -> None:
    show = a_show(studio)
    asked, answered = new_id(AT), new_id(AT)
    episode = stored(studio, script=False, project_id=show)
    studio.canon(show).put(entry(asked, threads=asks("Who wrote it?")))
    studio.canon(show).put(entry(answered, threads=asks("who wrote it", "answered")))
    [request] = write(studio, episode).calls
    canon: Any = request.material["canon"]
    assert canon["open_questions"] == []


@pytest.mark.parametrize("of_a_show", [True, False])
def test_the_first_episode_is_shown_nothing(studio: Studio, of_a_show: bool) -> None:
    episode = stored(studio, script=False, **({"project_id": a_show(studio)} if of_a_show else {}))
    [request] = write(studio, episode).calls
    assert "canon" not in request.material


def test_a_canon_that_grows_leaves_the_script_that_is_there(studio: Studio) -> None:
    show = a_show(studio)
    earlier = new_id(AT)
    episode = stored(studio, script=False, project_id=show)
    write(studio, episode)
    studio.canon(show).put(entry(earlier))
    assert write(studio, episode).calls == []
