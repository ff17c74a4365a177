"""The ledger: what is committed never passes a cap, and totals are the sum of their entries."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.episode import Status
from studio.domain.errors import BudgetExceeded, NotFound
from studio.domain.spend import Spend
from studio.entry import Settings, Studio
from studio.store.active import Active
from studio.store.ledger import Bill, Call, Caps, Ledger
from tests.conftest import Clock
from tests.unit.made import AT, an_owner, moved, pages, stored

MONTH, EPISODE = 1000, 300


@pytest.fixture
def studio(cloud: None) -> Studio:
    return opened()


def opened() -> Studio:
    return Studio(an_owner(), Settings.from_environment(), clock=Clock())


def ledger_of(studio: Studio, month: int = MONTH, episode: int = EPISODE) -> Ledger:
    return Ledger(studio.partition, Caps(month, episode))


def a_call(estimate: int, episode_id: str = "") -> Call:
    return Call("render_clip", "gemini", "gemini-nano-banana-2.1", "2026-10-01", "d", estimate, episode_id, 1)


def entries(ledger: Ledger) -> list[Spend]:
    return [entry for page in pages(lambda cursor: ledger.page("2026-11", 5, cursor)) for entry in page]


def totals(ledger: Ledger) -> tuple[int, int]:
    month = ledger.month(AT)
    return month["committed"], month["spent"]


def summed(found: list[Spend]) -> tuple[int, int]:
    reserved = sum(entry.reserved for entry in found if entry.status == "reserved")
    spent = sum(entry.cost for entry in found if entry.status != "reserved")
    return reserved + spent, spent


def test_a_call_is_reserved_and_then_costs_what_it_cost(studio: Studio) -> None:
    ledger, episode = ledger_of(studio), stored(studio, script=False)
    reservation = ledger.reserve(a_call(200, episode.episode_id), AT)
    assert totals(ledger) == (200, 0)
    assert studio.episodes.get(episode.episode_id).committed == 200
    ledger.settle(reservation, Bill("settled", 150, 10, 20, 1), AT + timedelta(seconds=9))
    assert totals(ledger) == (150, 150)
    now = studio.episodes.get(episode.episode_id)
    assert (now.committed, now.spent) == (150, 150)
    [entry] = entries(ledger)
    assert (entry.status, entry.cost, entry.reserved, entry.images) == ("settled", 150, 200, 1)
    assert entry.settled_at == AT + timedelta(seconds=9)


def test_what_was_released_is_free_again(studio: Studio) -> None:
    ledger = ledger_of(studio)
    reservation = ledger.reserve(a_call(MONTH), AT)
    with pytest.raises(BudgetExceeded):
        ledger.reserve(a_call(1), AT)
    ledger.settle(reservation, Bill("released", note="Refused."), AT)
    assert totals(ledger) == (0, 0)
    ledger.reserve(a_call(MONTH), AT)


def test_what_nobody_knows_counts_as_reserved(studio: Studio) -> None:
    ledger = ledger_of(studio)
    ledger.settle(ledger.reserve(a_call(70), AT), Bill("unknown", 70), AT)
    assert totals(ledger) == (70, 70)
    assert entries(ledger)[0].status == "unknown"


@pytest.mark.parametrize("first", ["settled", "released", "unknown"])
@pytest.mark.parametrize("second", ["settled", "released", "unknown"])
def test_settling_twice_changes_nothing(studio: Studio, first: Any, second: Any) -> None:
    ledger, episode = ledger_of(studio), stored(studio, script=False)
    reservation = ledger.reserve(a_call(100, episode.episode_id), AT)
    ledger.settle(reservation, Bill(first, 0 if first == "released" else 60), AT)
    before = totals(ledger), entries(ledger), studio.episodes.get(episode.episode_id)
    ledger.settle(reservation, Bill(second, 90), AT)
    assert (totals(ledger), entries(ledger), studio.episodes.get(episode.episode_id)) == before


def test_two_that_settle_at_once_settle_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = ledger_of(studio)
    reservation = ledger.reserve(a_call(100), AT)
    write, met = studio.partition.write, []

    def late(*writes: Any) -> None:
        if not met:
            met.append(True)
            ledger.settle(reservation, Bill("unknown", 100), AT)
        write(*writes)

    monkeypatch.setattr(studio.partition, "write", late)
    ledger.settle(reservation, Bill("settled", 40), AT)
    assert totals(ledger) == (100, 100)


def test_a_reservation_of_somebody_else_is_not_there(studio: Studio) -> None:
    reservation = ledger_of(studio).reserve(a_call(100), AT)
    with pytest.raises(NotFound):
        ledger_of(opened()).settle(reservation, Bill("released"), AT)
    assert totals(ledger_of(studio)) == (100, 0)


def test_one_call_dearer_than_a_cap_is_refused_in_an_untouched_month(studio: Studio) -> None:
    ledger = ledger_of(studio)
    with pytest.raises(BudgetExceeded, match=r"pass this month's cap of \$0\.00"):
        ledger.reserve(a_call(MONTH + 1), AT)
    assert (totals(ledger), entries(ledger)) == ((0, 0), [])
    ledger.reserve(a_call(MONTH), AT)


def test_an_episode_that_passes_its_cap_commits_nothing_in_the_month(studio: Studio) -> None:
    ledger, episode = ledger_of(studio), stored(studio, script=False)
    ledger.reserve(a_call(EPISODE, episode.episode_id), AT)
    with pytest.raises(BudgetExceeded, match="this episode's cap"):
        ledger.reserve(a_call(1, episode.episode_id), AT)
    with pytest.raises(BudgetExceeded, match="this episode's cap"):
        ledger.reserve(a_call(EPISODE + 1, stored(studio, script=False).episode_id), AT)
    assert totals(ledger) == (EPISODE, 0)
    assert len(entries(ledger)) == 1
    ledger.reserve(a_call(1, stored(studio, script=False).episode_id), AT)


def test_a_new_month_has_a_new_cap(studio: Studio) -> None:
    ledger = ledger_of(studio)
    ledger.reserve(a_call(MONTH), AT)
    december = AT + timedelta(days=10)
    reservation = ledger.reserve(a_call(5), december)
    # Settled after the month has turned, it still counts where it was reserved.
    ledger.settle(reservation, Bill("settled", 5), december + timedelta(days=31))
    assert ledger.month(december) == {"spent": 5, "committed": 5, "cap": MONTH}


def test_a_call_that_costs_nothing_is_made_even_when_the_cap_is_passed(studio: Studio) -> None:
    ledger, episode = ledger_of(studio), stored(studio, script=False)
    # An answer may turn out dearer than its estimate.
    ledger.settle(ledger.reserve(a_call(1, episode.episode_id), AT), Bill("settled", MONTH + 5), AT)
    ledger.settle(ledger.reserve(a_call(0, episode.episode_id), AT), Bill("settled", 0), AT)
    with pytest.raises(BudgetExceeded):
        ledger.reserve(a_call(1), AT)
    assert totals(ledger) == (MONTH + 5, MONTH + 5)


def test_the_cap_of_nothing_allows_what_is_free(studio: Studio) -> None:
    ledger = ledger_of(studio, month=0, episode=0)
    ledger.reserve(a_call(0, stored(studio, script=False).episode_id), AT)
    with pytest.raises(BudgetExceeded):
        ledger.reserve(a_call(1), AT)


def test_nothing_is_bought_for_an_episode_that_is_gone(studio: Studio) -> None:
    ledger, episode = ledger_of(studio), moved(studio, stored(studio, script=False), Status.FAILED)
    studio.episodes.delete(episode.episode_id, AT)
    for estimate in (0, 5):
        with pytest.raises(NotFound, match="no such episode"):
            ledger.reserve(a_call(estimate, episode.episode_id), AT)
    assert (totals(ledger), entries(ledger)) == ((0, 0), [])


def test_the_month_keeps_what_a_deleted_episode_cost(studio: Studio) -> None:
    ledger, episode = ledger_of(studio), stored(studio, script=False)
    reservation = ledger.reserve(a_call(200, episode.episode_id), AT)
    moved(studio, episode, Status.CANCELLED)
    studio.episodes.delete(episode.episode_id, AT)
    ledger.settle(reservation, Bill("settled", 150), AT)
    ledger.settle(reservation, Bill("settled", 150), AT)
    assert totals(ledger) == summed(entries(ledger)) == (150, 150)
    with pytest.raises(NotFound):
        studio.episodes.get(episode.episode_id)


def test_an_open_reservation_is_found_by_the_sweep_and_a_closed_one_is_not(studio: Studio) -> None:
    ledger = ledger_of(studio)
    first, second = (ledger.reserve(a_call(n), AT + timedelta(seconds=n)) for n in (1, 2))
    active = Active(studio.client("dynamodb"), studio.settings.table)

    def open_ones() -> list[str]:
        found = active.spends(AT + timedelta(hours=1))
        return [f"{spend.month}/{spend.spend_id}" for owner, spend in found if owner == studio.owner]

    assert open_ones() == [first, second]
    ledger.settle(first, Bill("released"), AT)
    assert open_ones() == [second]
    assert list(active.spends(AT)) == []


@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 2), st.sampled_from(["open", "settled", "released", "unknown"])),
        max_size=12,
    )
)
def test_whatever_is_asked_for_no_cap_is_passed_and_the_totals_are_the_sum(
    cloud: None, asked: list[tuple[int, int, Any]]
) -> None:
    studio = opened()
    ledger = ledger_of(studio)
    episodes = [stored(studio, script=False).episode_id, stored(studio, script=False).episode_id, ""]
    for estimate, which, ending in asked:
        before = totals(ledger)
        try:
            reservation = ledger.reserve(a_call(estimate, episodes[which]), AT)
        except BudgetExceeded:
            assert totals(ledger) == before
            continue
        if ending != "open":
            ledger.settle(reservation, Bill(ending, 0 if ending == "released" else estimate // 2), AT)
    assert totals(ledger) == summed(entries(ledger))
    assert totals(ledger)[0] <= MONTH
    for episode_id in episodes[:2]:
        episode = studio.episodes.get(episode_id)
        mine = [entry for entry in entries(ledger) if entry.episode_id == episode_id]
        assert (episode.committed, episode.spent) == summed(mine)
        assert episode.committed <= EPISODE
