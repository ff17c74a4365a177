"""The ledger: what is committed never passes a cap, and totals are the sum of their entries."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.episode import Status
from studio.domain.errors import BudgetExceeded, Invalid, NotFound
from studio.domain.spend import BillLine, QuoteLine, Rates, Spend
from studio.entry import Settings, Studio
from studio.store import keys
from studio.store.active import Active
from studio.store.budgets import Budgets
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


# -- caps of an owner's own


def test_caps_that_were_set_hold_in_the_place_of_the_stack_s(studio: Studio) -> None:
    ledger, episode = ledger_of(studio), stored(studio, script=False)
    assert ledger.caps == Caps(MONTH, EPISODE)
    ledger.set_caps(Caps(50, 20, "an-admin", AT))
    assert ledger.caps == ledger_of(studio).caps == Caps(50, 20, "an-admin", AT)
    with pytest.raises(BudgetExceeded, match=r"this episode's cap of \$0\.00"):
        ledger.reserve(a_call(21, episode.episode_id), AT)
    ledger.reserve(a_call(20, episode.episode_id), AT)
    with pytest.raises(BudgetExceeded, match="this month's cap"):
        ledger.reserve(a_call(31), AT)
    assert ledger.month(AT)["cap"] == 50
    ledger.clear_caps()
    assert ledger.caps == ledger_of(studio).caps == Caps(MONTH, EPISODE)


def test_a_cap_that_was_lowered_holds_for_whoever_starts_afterwards(studio: Studio) -> None:
    ledger_of(studio).reserve(a_call(60), AT)
    ledger_of(studio).set_caps(Caps(60, 60, "an-admin", AT))
    with pytest.raises(BudgetExceeded):
        ledger_of(studio).reserve(a_call(1), AT)
    ledger_of(studio).set_caps(Caps(61, 61, "an-admin", AT))
    ledger_of(studio).reserve(a_call(1), AT)


def test_caps_are_read_once_however_many_calls_and_not_at_all_for_what_is_free(studio: Studio) -> None:
    ledger, calls = ledger_of(studio), studio.client("dynamodb").calls
    ledger.reserve(a_call(0), AT)
    calls.clear()
    for _ in range(3):
        ledger.reserve(a_call(1), AT)
    assert calls == ["GetItem", "TransactWriteItems", "TransactWriteItems", "TransactWriteItems"]


def test_caps_of_one_owner_are_nobody_else_s(studio: Studio) -> None:
    ledger_of(studio).set_caps(Caps(0, 0, "an-admin", AT))
    ledger_of(opened()).reserve(a_call(MONTH), AT)


def test_a_refusal_says_which_cap_what_is_left_and_what_to_do(studio: Studio) -> None:
    ledger, episode = ledger_of(studio, 3_000_000, 500_000), stored(studio, script=False)
    ledger.reserve(a_call(400_000, episode.episode_id), AT)
    with pytest.raises(BudgetExceeded) as refusal:
        ledger.reserve(a_call(200_000, episode.episode_id), AT)
    assert str(refusal.value) == (
        "This call would cost about $0.2000 and pass this episode's cap of $0.50. Nothing was bought. "
        "$0.1000 of the cap is left. Have an administrator raise it; then take the episode up again."
    )
    ledger.reserve(a_call(2_500_000), AT)
    with pytest.raises(BudgetExceeded) as refusal:
        ledger.reserve(a_call(200_000), AT)
    assert str(refusal.value) == (
        "This call would cost about $0.2000 and pass this month's cap of $3.00. Nothing was bought. "
        "$0.1000 of the cap is left. Have an administrator raise it, or wait for the next month; then try again."
    )


@pytest.mark.parametrize("own", [True, False])
def test_sixty_who_race_for_a_cap_never_pass_it_and_what_was_let_in_is_what_is_committed(
    studio: Studio, own: bool
) -> None:
    month, per_episode = 700, 190
    episodes = [stored(studio, script=False).episode_id for _ in range(4)]
    if own:
        ledger_of(studio).set_caps(Caps(month, per_episode, "an-admin", AT))
    start = threading.Barrier(60)

    def one(number: int) -> tuple[str, int, int]:
        """Return the episode, what was let in, and what it cost."""
        ledger = ledger_of(studio) if own else ledger_of(studio, month, per_episode)
        episode_id, estimate = episodes[number % 4], 10 + number % 7
        start.wait()
        try:
            reservation = ledger.reserve(a_call(estimate, episode_id), AT)
        except BudgetExceeded:
            return episode_id, 0, 0
        if number % 3:
            return episode_id, estimate, 0
        ledger.settle(reservation, Bill("settled", estimate, 1, 1), AT)
        return episode_id, estimate, estimate

    with ThreadPoolExecutor(60) as pool:
        done = list(pool.map(one, range(60)))
    ledger = ledger_of(studio)
    assert sum(estimate > 0 for _, estimate, _ in done) < 60, "nobody was refused"
    let_in, spent = (sum(row[column] for row in done) for column in (1, 2))
    assert totals(ledger) == (let_in, spent) == summed(all_entries(ledger))
    assert let_in <= month
    for episode_id in {one_id for one_id, estimate, _ in done if not estimate}:
        # Nobody was refused who would have fitted: less is left than the dearest call costs.
        assert min(month - let_in, per_episode - in_episode(done, episode_id)) < 16
    for episode_id in episodes:
        assert studio.episodes.get(episode_id).committed == in_episode(done, episode_id) <= per_episode
        [line] = ledger.bill(episode_id)
        assert line.spent == sum(cost for one_id, _, cost in done if one_id == episode_id)


def in_episode(done: list[tuple[str, int, int]], episode_id: str) -> int:
    return sum(estimate for one_id, estimate, _ in done if one_id == episode_id)


def all_entries(ledger: Ledger) -> list[Spend]:
    return [entry for page in pages(lambda cursor: ledger.page("2026-11", 100, cursor)) for entry in page]


# -- the bill


def step(estimate: int, episode_id: str, purpose: str, clip: int | None = None) -> Call:
    return Call(purpose, "gemini", f"model-{purpose}", "2026-10-01", "d", estimate, episode_id, clip)


def billed(ledger: Ledger, episode_id: str) -> dict[tuple[str, int | None], BillLine]:
    return {(line.purpose, line.clip): line for line in ledger.bill(episode_id)}


def test_a_bill_adds_up_what_was_charged_by_step_and_clip_in_one_read(studio: Studio) -> None:
    ledger, episode_id = ledger_of(studio), stored(studio, script=False).episode_id
    for clip, cost in ((1, 30), (1, 31), (2, 29)):
        reservation = ledger.reserve(step(40, episode_id, "render_clip", clip), AT)
        ledger.settle(reservation, Bill("settled", cost, 100, 1120, 1, image_tokens=1120), AT)
    ledger.settle(ledger.reserve(step(50, episode_id, "script_generator_bot"), AT), Bill("unknown", 50), AT)
    ledger.settle(ledger.reserve(step(60, episode_id, "script_generator_bot"), AT), Bill("released"), AT)
    ledger.reserve(step(70, episode_id, "script_generator_bot"), AT)
    studio.client("dynamodb").calls.clear()
    lines = billed(ledger, episode_id)
    assert studio.client("dynamodb").calls == ["Query"]
    assert {place: (line.calls, line.spent, line.images) for place, line in lines.items()} == {
        ("script_generator_bot", None): (1, 50, 0),
        ("render_clip", 1): (2, 61, 2),
        ("render_clip", 2): (1, 29, 1),
    }
    first = lines["render_clip", 1]
    assert (first.input_tokens, first.output_tokens, first.model, first.provider, first.price_date) == (
        200,
        2240,
        "model-render_clip",
        "gemini",
        "2026-10-01",
    )


def test_a_bill_that_was_settled_twice_counts_once(studio: Studio) -> None:
    ledger, episode_id = ledger_of(studio), stored(studio, script=False).episode_id
    reservation = ledger.reserve(step(40, episode_id, "render_clip", 1), AT)
    for _ in range(2):
        ledger.settle(reservation, Bill("settled", 33), AT)
    assert [(line.calls, line.spent) for line in ledger.bill(episode_id)] == [(1, 33)]


def test_a_deleted_episode_leaves_no_bill_and_gets_none_afterwards(studio: Studio) -> None:
    ledger, episode = ledger_of(studio), stored(studio, script=False)
    ledger.quote(episode.episode_id, [a_quote("render_clip", 1, 5, 9)])
    early, late = (ledger.reserve(step(40, episode.episode_id, "render_clip", 1), AT) for _ in range(2))
    ledger.settle(early, Bill("settled", 33), AT)
    moved(studio, episode, Status.CANCELLED)
    studio.episodes.delete(episode.episode_id, AT)
    ledger.settle(late, Bill("settled", 33), AT)
    assert ledger.bill(episode.episode_id) == []
    assert totals(ledger) == (66, 66)


def a_quote(name: str, clip: int | None, expected: int, at_most: int) -> QuoteLine:
    return QuoteLine(
        step=name,
        clip=clip,
        calls=1,
        calls_at_most=3,
        model="m",
        price_date="2026-10-01",
        expected=expected,
        at_most=at_most,
    )


def test_quote_and_bill_stand_side_by_side_also_in_a_later_take(studio: Studio) -> None:
    ledger, episode_id = ledger_of(studio), stored(studio, script=False).episode_id
    ledger.quote(episode_id, [a_quote("script_generator_bot", None, 20, 90), a_quote("render_clip", 1, 40, 120)])
    for name, clip, cost in (("script_generator_bot", None, 25), ("render_clip", 1, 30)):
        ledger.settle(ledger.reserve(step(40, episode_id, name, clip), AT), Bill("settled", cost), AT)
    lines = billed(ledger, episode_id)
    told = {place: (line.quoted_expected, line.quoted_at_most, line.spent) for place, line in lines.items()}
    assert told == {("script_generator_bot", None): (20, 90, 25), ("render_clip", 1): (40, 120, 30)}
    # The clip is shot again: what it has cost is certain by now, what it will cost is not.
    ledger.quote(episode_id, [a_quote("render_clip", 1, 40, 120)])
    lines = billed(ledger, episode_id)
    assert (lines["render_clip", 1].quoted_expected, lines["render_clip", 1].quoted_at_most) == (70, 150)
    assert lines["script_generator_bot", None].quoted_expected == 20


def test_what_is_free_is_not_quoted_for(studio: Studio) -> None:
    ledger, episode_id = ledger_of(studio), stored(studio, script=False).episode_id
    ledger.quote(episode_id, [a_quote("render_clip", 1, 0, 0)])
    assert ledger.bill(episode_id) == []


@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 2), st.sampled_from(["open", "settled", "released", "unknown"])),
        max_size=10,
    )
)
def test_whatever_is_bought_the_bill_is_the_sum_of_the_ledger_s_lines(
    cloud: None, bought: list[tuple[int, int, Any]]
) -> None:
    studio = opened()
    ledger, episode_id = ledger_of(studio), stored(studio, script=False).episode_id
    for estimate, clip, ending in bought:
        try:
            reservation = ledger.reserve(step(estimate, episode_id, "render_clip", clip or None), AT)
        except BudgetExceeded:
            continue
        if ending != "open":
            ledger.settle(reservation, Bill(ending, 0 if ending == "released" else estimate // 2, 3, 5, 1), AT)
    charged = [entry for entry in entries(ledger) if entry.status in {"settled", "unknown"}]
    for line in ledger.bill(episode_id):
        mine = [entry for entry in charged if entry.clip == line.clip]
        assert (line.calls, line.spent) == (len(mine), sum(entry.cost for entry in mine))
        assert line.output_tokens == sum(entry.output_tokens for entry in mine)
    assert sum(line.calls for line in ledger.bill(episode_id)) == len(charged)
    assert sum(line.spent for line in ledger.bill(episode_id)) == studio.episodes.get(episode_id).spent


def test_a_line_keeps_the_rates_it_was_charged_at(studio: Studio) -> None:
    ledger = ledger_of(studio)
    rates = Rates(input_million=Decimal("0.75"), image=Decimal("0.0336"))
    call = Call("p", "gemini", "m", "2026-10-01", "d", 5, rates=rates)
    ledger.settle(ledger.reserve(call, AT), Bill("settled", 4), AT)
    assert entries(ledger)[0].rates == rates


def test_a_line_from_before_rates_were_kept_is_still_read(studio: Studio) -> None:
    ledger = ledger_of(studio)
    ledger.reserve(a_call(5), AT)
    assert entries(ledger)[0].rates is None


# -- everybody's


def test_everybody_s_month_is_read_by_page_with_the_caps_of_each(aws: Any) -> None:
    owners = sorted(f"owner-{n}" for n in range(7))
    for number, owner in enumerate(owners):
        ledger = ledger_of(Studio(owner, Settings.from_environment(), clock=Clock()))
        reservation = ledger.reserve(a_call(100 + number), AT)
        ledger.settle(reservation, Bill("settled", 10 + number), AT)
        ledger.reserve(a_call(1), AT)
        if number % 3 == 0:
            ledger.set_caps(Caps(500 + number, 50, "an-admin", AT))
    ledger_of(Studio("of-december", Settings.from_environment())).reserve(a_call(9), AT + timedelta(days=10))
    ledger_of(Studio("nobody", Settings.from_environment())).set_caps(Caps(1, 1, "an-admin", AT))
    table = aws.services["dynamodb"]
    budgets = Budgets(table, Settings.from_environment().table, Caps(MONTH, EPISODE))
    found = list(pages(lambda cursor: budgets.page("2026-11", 3, cursor)))
    assert [len(page) for page in found] == [3, 3, 1]
    told = [(row.owner, row.spent, row.committed, row.caps.month) for page in found for row in page]
    assert told == [(owner, 10 + n, 11 + n, 500 + n if n % 3 == 0 else MONTH) for n, owner in enumerate(owners)]
    assert budgets.total("2026-11") == (7, sum(row[1] for row in told), sum(row[2] for row in told))
    assert budgets.page("2026-10", 3, None) == ([], None)
    assert budgets.total("2026-10") == (0, 0, 0)
    table.calls.clear()
    budgets.page("2026-11", 100, None)
    assert table.calls == ["Query", "Query"]


def test_a_cursor_of_another_month_is_refused(studio: Studio) -> None:
    budgets = Budgets(studio.client("dynamodb"), studio.settings.table, Caps(MONTH, EPISODE))
    for owner in ("a", "b"):
        ledger_of(Studio(owner, studio.settings)).reserve(a_call(1), AT)
    _, cursor = budgets.page("2026-11", 1, None)
    assert cursor
    with pytest.raises(Invalid):
        budgets.page("2026-12", 1, cursor)
    assert keys.active_budgets("2026-11") != keys.active_budgets("2026-12")
