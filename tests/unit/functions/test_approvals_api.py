"""Approvals: a person's word, bound to one exact content."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.approvals import app
from studio.domain.approval import OPEN, ApprovalStatus, ContentKind, content_hash
from studio.domain.errors import NotApproved
from studio.entry import Studio
from tests.conftest import Answer, call, http_event
from tests.unit.made import AT

POST = ContentKind.POST
CAPTION = {"network": "x", "caption": "Who hid the letter?"}
OTHER = {"network": "x", "caption": "Who hid the ring?"}


@pytest.fixture
def studio(aws: None) -> Studio:
    return opened("amina")


def opened(owner: str) -> Studio:
    studio = Studio.opened_for(owner)
    studio.clock = lambda: AT
    return studio


def asked(studio: Studio, content: Any = CAPTION) -> str:
    told = studio.approvals.ask(POST, content, bot="cross-platform-posting-bot", summary="X: a post", at=AT)
    return told.content_hash


def answered(hashed: str, decision: str = "approve", owner: str = "amina") -> Answer:
    body = {"content_hash": hashed, "decision": decision}
    return call(app.handler, http_event("POST", "/approvals", body, owner=owner))


def test_content_waits_until_its_owner_says_something(studio: Studio) -> None:
    hashed = asked(studio)
    with pytest.raises(NotApproved, match="waits for approval"):
        studio.approvals.approved(hashed, POST, AT)
    assert answered(hashed).body["status"] == "approved"
    assert studio.approvals.approved(hashed, POST, AT).content == CAPTION


def test_numbers_in_content_stay_what_was_approved(studio: Studio) -> None:
    content = {"network": "x", "count": 3, "rate": 0.1, "whole": 2.0}
    hashed = asked(studio, content)
    assert answered(hashed).status == 200
    assert studio.approvals.approved(hashed, POST, AT).content == content


def test_an_approval_is_for_that_content_and_no_other(studio: Studio) -> None:
    hashed = asked(studio)
    answered(hashed)
    with pytest.raises(NotApproved, match="put up for approval"):
        studio.approvals.approved(content_hash(POST, OTHER), POST, AT)
    with pytest.raises(NotApproved, match="put up for approval"):
        studio.approvals.approved(hashed, ContentKind.REPLY, AT)


def test_stored_content_that_was_changed_behind_its_hash_is_refused(studio: Studio) -> None:
    hashed = asked(studio)
    answered(hashed)
    approval = studio.approvals.get(hashed)
    from studio.store import keys
    from studio.store.table import assign

    studio.partition.write(assign(keys.approval(approval.approval_id), {"content": json.dumps(OTHER)}))
    with pytest.raises(NotApproved, match="not what was approved"):
        studio.approvals.approved(hashed, POST, AT)


def test_asking_twice_is_asking_once_and_keeps_the_answer(studio: Studio) -> None:
    hashed = asked(studio)
    answered(hashed)
    assert asked(studio) == hashed
    assert studio.approvals.get(hashed).status is ApprovalStatus.APPROVED
    assert len(call(app.handler, http_event("GET", "/approvals", owner="amina")).body["items"]) == 1


def test_an_answer_may_be_taken_back_until_the_content_has_gone_out(studio: Studio) -> None:
    hashed = asked(studio)
    answered(hashed)
    assert answered(hashed, "reject").body["status"] == "rejected"
    with pytest.raises(NotApproved, match="was rejected"):
        studio.approvals.approved(hashed, POST, AT)
    answered(hashed)
    studio.approvals.use(studio.approvals.approved(hashed, POST, AT), AT)
    late = answered(hashed, "reject")
    assert (late.status, late.body["type"]) == (409, "urn:episode-studio:conflict")
    assert studio.approvals.get(hashed).status is ApprovalStatus.USED


def test_an_approval_taken_back_in_the_last_moment_stops_what_would_go_out(studio: Studio) -> None:
    hashed = asked(studio)
    answered(hashed)
    approval = studio.approvals.approved(hashed, POST, AT)
    answered(hashed, "reject")
    with pytest.raises(NotApproved, match="taken back"):
        studio.approvals.use(approval, AT)


def test_an_old_approval_does_not_hold_and_is_asked_for_anew(studio: Studio) -> None:
    hashed = asked(studio)
    answered(hashed)
    later = AT + OPEN + timedelta(seconds=1)
    with pytest.raises(NotApproved, match="too old"):
        studio.approvals.approved(hashed, POST, later)
    again = studio.approvals.ask(POST, CAPTION, bot="b", summary="X: a post", at=later)
    assert again.status is ApprovalStatus.WAITING
    assert studio.approvals.get(hashed).approval_id == again.approval_id


def test_what_waits_can_be_listed_apart(studio: Studio) -> None:
    answered(asked(studio))
    waiting = asked(studio, OTHER)
    items = call(app.handler, http_event("GET", "/approvals", query={"status": "waiting"}, owner="amina")).body["items"]
    assert [item["content_hash"] for item in items] == [waiting]


def test_nobody_answers_for_somebody_else(studio: Studio) -> None:
    hashed = asked(studio)
    assert answered(hashed, owner="bile").status == 404
    assert call(app.handler, http_event("GET", f"/approvals/{hashed}", owner="bile")).status == 404
    assert studio.approvals.get(hashed).status is ApprovalStatus.WAITING
