"""Events kept: once by their ids, from the table and from files, and erased from both."""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from studio.domain.audience import AudienceEvent, AudienceStage
from studio.entry import Studio
from studio.store import keys
from tests.unit.made import AT

EPISODE = "01JD0000000000000000000000"


@pytest.fixture
def studio(open_studio: Callable[..., Studio]) -> Studio:
    return open_studio()


def an_event(event_id: str, at: datetime = AT, **changes: Any) -> AudienceEvent:
    given = {"event_id": event_id, "source": "http", "stage": "view", "at": at}
    return AudienceEvent.model_validate(given | changes)


def ids(found: Iterator[AudienceEvent]) -> list[str]:
    return sorted(event.event_id for event in found)


def around(studio: Studio, days: int = 40, **more: Any) -> list[str]:
    return ids(studio.events.between(AT - timedelta(days=days), AT + timedelta(days=days), **more))


def test_an_event_comes_back_as_it_was_told(studio: Studio) -> None:
    told = an_event(
        "a", stage="refund", episode_id=EPISODE, channel="site", variant="B", link="abc", visitor="v1", count=3,
        revenue=-9_990_000, currency="EUR",
    )  # fmt: skip
    assert studio.events.add([told]) == 1
    assert list(studio.events.between(AT, AT + timedelta(seconds=1))) == [told]
    studio.events.batch([told.model_copy(update={"event_id": "b"})], "import")
    assert around(studio) == ["a", "b"]


def test_an_id_counts_once_also_on_another_day_and_in_the_same_call(studio: Studio) -> None:
    assert studio.events.add([an_event("a"), an_event("a"), an_event("b")]) == 2
    assert studio.events.add([an_event("a", AT + timedelta(days=3)), an_event("c")]) == 1
    assert around(studio) == ["a", "b", "c"]
    assert next(e for e in studio.events.between(AT, AT + timedelta(days=9)) if e.event_id == "a").at == AT


def test_five_hundred_events_sent_again_are_five_hundred_duplicates(studio: Studio) -> None:
    many = [an_event(f"e{n}") for n in range(500)]
    assert studio.events.add(many) == 500
    assert studio.events.add([*many, an_event("new")]) == 1
    assert len(around(studio)) == 501


def test_what_is_read_starts_with_the_first_instant_and_ends_before_the_last(studio: Studio) -> None:
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    events = [an_event("before", midnight - timedelta(microseconds=1)), an_event("at", midnight)]
    studio.events.add(events)
    studio.events.batch([event.model_copy(update={"event_id": f"{event.event_id}+"}) for event in events], "i")
    assert ids(studio.events.between(midnight - timedelta(days=1), midnight)) == ["before", "before+"]
    assert ids(studio.events.between(midnight, midnight + timedelta(days=1))) == ["at", "at+"]
    # Also where the month is only begun, by an earlier hour than the one it is read from.
    late = datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert "at+" in ids(studio.events.between(late, midnight + timedelta(hours=1)))


def test_a_time_zone_that_shifts_moves_no_event(studio: Studio) -> None:
    local = [f"2026-10-25T0{hour}:30:00+0{offset}:00" for hour, offset in ((1, 2), (2, 2), (2, 1), (3, 1))]
    studio.events.add(an_event(str(n), datetime.fromisoformat(at)) for n, at in enumerate(local))
    day = datetime(2026, 10, 24, 23, tzinfo=UTC)
    found = {event.event_id: event.at for event in studio.events.between(day, day + timedelta(hours=4))}
    assert [found[str(n)] - found["0"] for n in range(4)] == [timedelta(hours=n) for n in range(4)]


def test_a_single_event_goes_before_an_imported_one_of_its_id_and_an_early_import_before_a_later(
    studio: Studio,
) -> None:
    studio.events.batch([an_event("a", count=5), an_event("b", count=6)], "01B")
    studio.events.batch([an_event("b", count=7)], "01A")
    studio.events.add([an_event("a", count=1)])
    counts = {event.event_id: event.count for event in studio.events.between(AT, AT + timedelta(days=1))}
    assert counts == {"a": 1, "b": 7}


def test_a_batch_twice_is_the_same_file_and_files_are_one_a_month(studio: Studio, aws: Any) -> None:
    events = [an_event("a"), an_event("b", AT + timedelta(days=30)), an_event("c")]
    studio.events.batch(events, "import")
    studio.events.batch(events, "import")
    names = [key for _, key in aws.services["s3"].objects]
    assert len(names) == 2
    assert all(name.startswith(("amina/events/2026-11/import-", "amina/events/2026-12/import-")) for name in names)


def test_events_are_asked_for_by_episode_and_by_stage(studio: Studio) -> None:
    studio.events.add([an_event("a", episode_id=EPISODE), an_event("b"), an_event("c", stage="click")])
    assert around(studio, episode_id=EPISODE) == ["a"]
    assert around(studio, stages=(AudienceStage.CLICK,)) == ["c"]


def test_an_owner_sees_and_erases_only_their_own(studio: Studio, open_studio: Callable[..., Studio]) -> None:
    other = open_studio("bilan")
    for one in (studio, other):
        one.events.add([an_event("a", visitor="v")])
        one.events.batch([an_event("b", visitor="v")], "i")
    assert studio.events.erase("v") == 2
    assert around(studio) == []
    assert around(other) == ["a", "b"]


def test_a_person_is_erased_from_the_table_from_files_and_from_what_was_rejected(studio: Studio, aws: Any) -> None:
    studio.events.add([an_event("a", visitor="v1"), an_event("b", visitor="v10"), an_event("c")])
    studio.events.batch([an_event("d", visitor="v1"), an_event("e", visitor="v10", variant="v1")], "i")
    studio.events.batch([an_event("f", visitor="v1", at=AT + timedelta(days=60))], "j")
    studio.events.put_rejected("i", 'row,problem\r\n2,at,v1,"x\ny"\r\n3,at,v10,"x\ny"\r\n')
    assert studio.events.erase("v1") == 4
    assert around(studio, days=90) == ["b", "c", "e"]
    left = [
        gzip.decompress(stored.body) if key.endswith(".gz") else stored.body
        for (_, key), stored in aws.services["s3"].objects.items()
    ]
    assert len(left) == 2
    assert not any(b'"visitor":"v1"' in body for body in left)
    assert any(body.splitlines()[0] == b"row,problem" and b"v10" in body for body in left)
    assert studio.events.erase("v1") == 0
    # Sent again by somebody who does not know, it does not come back.
    assert studio.events.add([an_event("a", visitor="v1")]) == 0
    assert around(studio, days=90) == ["b", "c", "e"]


def test_events_are_kept_apart_from_the_owners_own_things(studio: Studio, aws: Any) -> None:
    studio.events.add([an_event("a")])
    assert set(aws.services["dynamodb"].items) == {keys.events("amina")}
