"""The gates: opened by the producer, answered by a person, once."""

import io
import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from functions.episodes import app as episodes
from functions.open_review import app as gates
from functions.reviews import app
from studio.domain.episode import Episode, Gate, Status
from studio.domain.errors import Conflict
from studio.domain.gate import REVIEW_SECONDS, Review
from studio.domain.pipeline import Step
from studio.domain.project import CharacterSheet
from studio.entry import Studio
from studio.entry.observe import logger
from tests.conftest import Answer, Context, call, http_event
from tests.unit.made import AT, moved, stored
from tests.unit.staged import on_paper

S = Status
TOKEN = "AQCEAAAAKgAAAAMAAAAAAAAAAsecret-token"


@pytest.fixture
def studio(aws: None) -> Studio:
    return Studio.opened_for("amina", take=1)


def opened(studio: Studio, machines: Any, gate: Gate = Gate.SCRIPT, token: str = TOKEN, **changes: Any) -> Episode:
    """Return an episode that waits at a gate."""
    episode = moved(studio, stored(studio, review=(gate,), **changes), S.WRITING, S.WRITTEN)
    open_gate(studio, episode, gate, token)
    machines.waiting.add(token)
    return studio.episodes.get(episode.episode_id)


def open_gate(studio: Studio, episode: Episode, gate: Gate = Gate.SCRIPT, token: str = TOKEN) -> gates.Opened:
    return gates.open_review(gates.OpenRequest(episode_id=episode.episode_id, gate=gate, token=token), studio)


def review_of(studio: Studio, episode: Episode, gate: Gate = Gate.SCRIPT) -> Review:
    return studio.reviews.get(episode.episode_id, gate)


def path_of(episode: Episode, gate: str = "") -> str:
    return f"/episodes/{episode.episode_id}/reviews" + (f"/{gate}" if gate else "")


def listed(episode: Episode) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = call(app.handler, http_event("GET", path_of(episode))).body["items"]
    return items


def answer(studio: Studio, episode: Episode, decision: str, gate: Gate = Gate.SCRIPT, **more: Any) -> Answer:
    body = {"review_id": review_of(studio, episode, gate).review_id, "decision": decision} | more
    return call(app.handler, http_event("POST", path_of(episode, gate), body))


# -- opening


def test_an_open_gate_shows_and_the_episode_waits(studio: Studio, machines: Any) -> None:
    episode = opened(studio, machines)
    assert (episode.status, episode.under_way, episode.editable) == (S.IN_REVIEW, True, True)
    [gate] = listed(episode)
    review = review_of(studio, episode)
    assert (gate["gate"], gate["open"], gate["decision"], gate["review_id"]) == ("script", True, None, review.review_id)
    assert review.closes_at - review.opened_at == timedelta(seconds=REVIEW_SECONDS)


def test_a_retried_opener_has_the_same_review_and_the_newer_token(studio: Studio, machines: Any) -> None:
    episode = opened(studio, machines)
    review = review_of(studio, episode)
    assert open_gate(studio, episode, token="the newer one").closes_at == review.closes_at
    assert review_of(studio, episode) == review
    machines.waiting.add("the newer one")
    assert answer(studio, episode, "approve").status == 200
    assert list(machines.told) == ["the newer one"]


def test_an_opener_of_an_older_take_opens_nothing(studio: Studio, machines: Any) -> None:
    episode = opened(studio, machines)
    review = review_of(studio, episode)
    moved(studio, episode, S.CANCELLED)
    studio.episodes.move(episode.episode_id, S.QUEUED, AT, take=2)
    with pytest.raises(Conflict, match="older take"):
        open_gate(studio, episode, token="late")
    assert review_of(studio, episode) == review
    assert studio.episodes.get(episode.episode_id).status is S.QUEUED


def test_a_gate_that_opens_in_another_take_is_another_review(studio: Studio, machines: Any) -> None:
    episode = opened(studio, machines)
    first = review_of(studio, episode)
    moved(studio, episode, S.CANCELLED)
    studio.episodes.move(episode.episode_id, S.QUEUED, AT, take=2)
    studio.take = 2
    open_gate(studio, moved(studio, episode, S.WRITTEN), token="of take 2")
    second = review_of(studio, episode)
    assert (second.take, second.review_id != first.review_id) == (2, True)
    late = answer(studio, episode, "approve", review_id=first.review_id)
    assert (late.status, "an earlier script review" in late.body["detail"]) == (409, True)
    assert machines.told == {}


def test_a_gate_that_was_not_opened_is_not_found(studio: Studio, machines: Any) -> None:
    episode = opened(studio, machines)
    for gate in ("storyboard", "hooks"):
        body = {"review_id": review_of(studio, episode).review_id, "decision": "approve"}
        assert call(app.handler, http_event("POST", path_of(episode, gate), body)).status == 404


# -- answering


def test_an_approval_lets_the_execution_go_on(studio: Studio, machines: Any) -> None:
    episode = opened(studio, machines)
    given = answer(studio, episode, "approve")
    assert (given.status, given.body["decision"], given.body["open"]) == (200, "approve", False)
    assert {token: json.loads(told) for token, told in machines.told.items()} == {
        TOKEN: {"outcome": "done", "edited": False}
    }
    [gate] = listed(episode)
    assert (gate["open"], gate["decision"], gate["answered_at"] is not None) == (False, "approve", True)


@pytest.mark.parametrize(
    ("reason", "told"),
    [("Too long.", "Rejected at the script review: Too long."), ("", "Rejected at the script review.")],
)
def test_a_rejection_ends_it_and_says_why(studio: Studio, machines: Any, reason: str, told: str) -> None:
    episode = opened(studio, machines)
    assert answer(studio, episode, "reject", reason=reason).body["reason"] == reason
    assert json.loads(machines.told[TOKEN]) == {"outcome": "rejected", "reason": told}


def test_an_approval_with_changes_stores_them_first(studio: Studio, machines: Any) -> None:
    episode = opened(studio, machines)
    given = answer(studio, episode, "approve", edit={"version": episode.version, "title": "Supper"})
    assert given.status == 200, given.body
    now = studio.episodes.get(episode.episode_id)
    assert (now.title, now.status) == ("Supper", S.IN_REVIEW)
    # A script by hand stays as it is; nothing else is before this gate.
    assert json.loads(machines.told[TOKEN]) == {"outcome": "done", "edited": False}


def test_changes_that_cannot_be_leave_the_gate_open(studio: Studio, machines: Any) -> None:
    episode = opened(studio, machines)
    stale = answer(studio, episode, "approve", edit={"version": episode.version + 1, "title": "Supper"})
    bare = answer(studio, episode, "approve", edit={"version": episode.version, "title": " "})
    dropped = answer(studio, episode, "reject", edit={"version": episode.version, "title": "Supper"})
    assert (stale.status, bare.status, dropped.status) == (409, 422, 422)
    assert "an edit goes with an approval" in dropped.body["detail"]
    assert (review_of(studio, episode).decision, machines.told) == (None, {})
    assert studio.episodes.get(episode.episode_id) == episode


def boarded(studio: Studio, machines: Any, gate: Gate = Gate.STORYBOARD) -> Episode:
    """Return an episode of a show with everything on paper that waits at a gate."""
    studio.take = None
    episode = on_paper(studio)
    studio.take = episode.take
    moved(studio, episode, S.QUEUED, S.WRITTEN)
    open_gate(studio, episode, gate)
    machines.waiting.add(TOKEN)
    return studio.episodes.get(episode.episode_id)


def with_line(studio: Studio, episode: Episode, scene: int) -> dict[str, Any]:
    """Return an edit of one line."""
    script = studio.episodes.script(episode.episode_id)
    assert script is not None
    then = script.model_copy(deep=True)
    then.scene(scene).lines[0].text = "Stay where you are."
    return {"version": studio.episodes.get(episode.episode_id).version, "script": then.model_dump(mode="json")}


def told(machines: Any) -> Any:
    return json.loads(machines.told[TOKEN])


def test_what_an_edit_reaches_before_the_gate_is_worked_through_first(studio: Studio, machines: Any) -> None:
    episode = boarded(studio, machines)
    assert answer(studio, episode, "approve", Gate.STORYBOARD, edit=with_line(studio, episode, 2)).status == 200
    assert told(machines) == {"outcome": "done", "edited": True}
    assert review_of(studio, episode, Gate.STORYBOARD).edited


def test_an_edit_that_reaches_nothing_before_the_gate_goes_straight_on(studio: Studio, machines: Any) -> None:
    episode = boarded(studio, machines, Gate.SCRIPT)
    assert answer(studio, episode, "approve", edit=with_line(studio, episode, 2)).status == 200
    assert told(machines) == {"outcome": "done", "edited": False}


def test_a_cast_that_changes_while_the_gate_waits_is_worked_through_first(studio: Studio, machines: Any) -> None:
    episode = boarded(studio, machines)
    studio.cast(str(episode.project_id)).add([CharacterSheet(name="Omar")], AT)
    assert answer(studio, episode, "approve", Gate.STORYBOARD).status == 200
    assert told(machines)["edited"] is True


def test_what_was_behind_already_when_the_gate_opened_does_not_hold_it_up(studio: Studio, machines: Any) -> None:
    # The take began after the script, so it does not write it anew: going back would lead here again, for ever.
    episode = boarded(studio, machines)
    studio.cast(str(episode.project_id)).add([CharacterSheet(name="Omar")], AT)
    moved(studio, episode, S.CANCELLED, S.QUEUED, S.WRITTEN)
    open_again(studio, machines, episode)
    assert review_of(studio, episode, Gate.STORYBOARD).behind[0] == "script_generator_bot/script"
    assert answer(studio, episode, "approve", Gate.STORYBOARD).status == 200
    assert told(machines)["edited"] is False


def open_again(studio: Studio, machines: Any, episode: Episode) -> None:
    now = studio.episodes.get(episode.episode_id)
    studio.take = now.take + 1
    studio.episodes.move(episode.episode_id, S.WRITTEN, AT, take=studio.take)
    machines.waiting.add(TOKEN)
    open_gate(studio, episode, Gate.STORYBOARD)


def test_what_a_person_edited_stays_and_does_not_hold_the_gate_up(studio: Studio, machines: Any) -> None:
    episode = boarded(studio, machines)
    record = studio.episodes.stage(episode.episode_id, Step.DIRECTION)
    board = studio.episodes.stage(episode.episode_id, Step.STORYBOARD)
    assert record is not None
    assert board is not None
    for one in (record, board):
        part = one.part("scene-2")
        assert part is not None
        studio.episodes.save_stage(one.with_part(part.model_copy(update={"edited": True})))
    assert answer(studio, episode, "approve", Gate.STORYBOARD, edit=with_line(studio, episode, 2)).status == 200
    assert told(machines)["edited"] is False


# -- twice


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_the_same_answer_again_is_the_same_answer_and_is_told_once(
    studio: Studio, machines: Any, decision: str
) -> None:
    episode = opened(studio, machines)
    first = answer(studio, episode, decision, reason="Why not.")
    moved(studio, episode, S.WRITTEN)
    again = answer(studio, episode, decision, reason="Another reason.")
    assert (again.status, again.body) == (200, first.body)
    assert len(machines.told) == 1


@pytest.mark.parametrize(("first", "then"), [("approve", "reject"), ("reject", "approve")])
def test_another_answer_is_a_conflict_and_changes_nothing(studio: Studio, machines: Any, first: str, then: str) -> None:
    episode = opened(studio, machines)
    answer(studio, episode, first)
    before = review_of(studio, episode)
    refused = answer(studio, episode, then)
    assert (refused.status, f"answered already: {first}" in refused.body["detail"]) == (409, True)
    assert review_of(studio, episode) == before
    assert len(machines.told) == 1


def test_an_edit_with_the_same_answer_again_is_not_stored(studio: Studio, machines: Any) -> None:
    episode = opened(studio, machines)
    answer(studio, episode, "approve")
    again = answer(studio, episode, "approve", edit={"version": episode.version, "title": "Too late"})
    assert again.status == 200
    assert studio.episodes.get(episode.episode_id).title == "The Dinner"


def test_of_two_who_answer_at_once_one_is_heard(studio: Studio, machines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    episode = opened(studio, machines)
    stale = app.behind

    def meanwhile(*given: Any) -> tuple[str, ...]:
        monkeypatch.setattr(app, "behind", stale)
        assert answer(studio, episode, "reject").status == 200
        return stale(*given)

    monkeypatch.setattr(app, "behind", meanwhile)
    assert answer(studio, episode, "approve").status == 409
    assert json.loads(machines.told[TOKEN])["outcome"] == "rejected"


# -- when it does not arrive


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_gate_that_has_closed_says_so(studio: Studio, machines: Any, code: str) -> None:
    episode = opened(studio, machines)
    machines.refuses = code
    given = answer(studio, episode, "approve")
    assert (given.status, given.body["type"]) == (409, "urn:episode-studio:conflict")
    assert "has closed: nobody waits for the answer any more" in given.body["detail"]


def test_an_answer_that_cannot_be_passed_on_is_kept_and_told_when_it_is_sent_again(
    studio: Studio, machines: Any
) -> None:
    episode = opened(studio, machines)
    machines.refuses = "ServiceUnavailable"
    given = answer(studio, episode, "approve")
    assert (given.status, given.body["type"]) == (503, "urn:episode-studio:provider_unavailable")
    assert "The answer is kept" in given.body["detail"]
    assert (review_of(studio, episode).decision, review_of(studio, episode).delivered) == ("approve", False)
    machines.refuses = ""
    assert answer(studio, episode, "reject").status == 409
    assert answer(studio, episode, "approve").status == 200
    assert review_of(studio, episode).delivered
    assert len(machines.told) == 1


def test_an_answer_to_an_episode_that_was_cancelled_is_a_conflict(studio: Studio, machines: Any) -> None:
    episode = opened(studio, machines)
    assert call(episodes.handler, http_event("POST", f"/episodes/{episode.episode_id}/cancel")).status == 202
    given = answer(studio, episode, "approve")
    assert (given.status, "Nothing waits at the script gate" in given.body["detail"]) == (409, True)
    assert [gate["open"] for gate in listed(episode)] == [False]
    assert machines.told == {}


# -- whose it is, and what is never said


def test_somebody_else_finds_no_gate(studio: Studio, machines: Any) -> None:
    episode = opened(studio, machines)
    body = {"review_id": review_of(studio, episode).review_id, "decision": "approve"}
    for method, path, sent in (("GET", path_of(episode), None), ("POST", path_of(episode, "script"), body)):
        assert call(app.handler, http_event(method, path, sent, owner="bilan")).status == 404
    assert (review_of(studio, episode).decision, machines.told) == (None, {})


def test_the_token_is_in_no_answer_and_in_no_log_line(studio: Studio, machines: Any) -> None:
    written = io.StringIO()
    handler, level = logging.StreamHandler(written), logger.log_level
    handler.setFormatter(logger.registered_formatter)
    logger._logger.addHandler(handler)
    logger.setLevel("DEBUG")
    try:
        episode = moved(studio, stored(studio), S.WRITING, S.WRITTEN)
        event = {"owner": "amina", "take": 1, "episode_id": episode.episode_id, "gate": "script", "token": TOKEN}
        said = [gates.handler(event, Context())]
        machines.refuses = "ServiceUnavailable"
        said += [answer(studio, episode, "approve").body, listed(episode)]
        machines.refuses = "TaskTimedOut"
        said += [answer(studio, episode, "approve").body, answer(studio, episode, "reject").body]
        said += [call(episodes.handler, http_event("GET", f"/episodes/{episode.episode_id}")).body]
    finally:
        logger._logger.removeHandler(handler)
        logger.setLevel(level)
    assert "refused" in written.getvalue()
    assert TOKEN not in str(said) + written.getvalue()


def test_the_gates_of_a_deleted_episode_go_with_it(studio: Studio, machines: Any) -> None:
    episode = moved(studio, opened(studio, machines), S.CANCELLED)
    studio.episodes.delete(episode.episode_id, AT)
    assert studio.reviews.all(episode.episode_id) == []
