"""What episodes brought against what they cost, and what nobody can know."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from functions.roi_analysis_bot import app
from functions.roi_analysis_bot.app import RoiReport, RoiRequest
from studio.domain.audience import AudienceEvent
from studio.domain.base import new_id
from studio.domain.errors import NotFound
from studio.entry import Studio
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval
from studio.insight.returns import Payback
from tests.unit.audience import a_sale, an_event, days
from tests.unit.made import AT, an_episode

NOW = AT + timedelta(days=60)


@pytest.fixture
def studio(aws: None) -> Studio:
    studio = Studio.opened_for("amina")
    studio.clock = lambda: NOW
    return studio


def made(studio: Studio, number: int = 1) -> list[str]:
    episodes = [an_episode(AT + days(n / 10)) for n in range(number)]
    for episode in episodes:
        studio.episodes.create(episode)
    return [episode.episode_id for episode in episodes]


def reported(studio: Studio, events: Iterable[AudienceEvent] = (), **request: object) -> RoiReport:
    studio.events.add(events)
    return app.analyse_return(RoiRequest.model_validate(request), studio)


def costing(episodes: list[str], usd: float) -> list[dict[str, object]]:
    return [{"episode_id": episode_id, "usd": usd, "what": "an editor"} for episode_id in episodes]


def test_twelve_episodes_give_a_return_with_its_interval(studio: Studio) -> None:
    episodes = made(studio, 12)
    events = [a_sale(15 + n, AT + days(3), episode_id=episode_id) for n, episode_id in enumerate(episodes)]
    report = reported(studio, events, other_costs=costing(episodes, 10))
    assert isinstance(report.roi, Interval)
    assert report.roi.low < report.roi.estimate < report.roi.high
    assert report.roi.estimate == pytest.approx(report.revenue_usd / report.cost_usd - 1)
    assert isinstance(report.cost_per_acquisition_usd, Interval)
    assert report.cost_per_acquisition_usd.estimate == pytest.approx(10)
    assert isinstance(report.payback, Payback)
    assert report.payback.day in {3, 4}, "all were sold on the third day or the fourth"
    assert all(episode.roi is not None and episode.sales == 1 for episode in report.episodes)


def test_few_episodes_are_too_few_and_it_says_how_many_it_takes(studio: Studio) -> None:
    episodes = made(studio, 2)
    report = reported(studio, [a_sale(5, episode_id=episodes[0])], other_costs=costing(episodes, 10))
    assert isinstance(report.roi, Insufficient)
    assert report.roi.need == 10
    assert report.revenue_usd == 5


def test_what_cost_nothing_has_no_return(studio: Studio) -> None:
    [episode_id] = made(studio)
    report = reported(studio, [a_sale(5, episode_id=episode_id)])
    assert report.episodes[0].roi is None


def test_three_rules_stand_side_by_side_and_unknown_stays_unknown(studio: Studio) -> None:
    [episode_id] = made(studio)
    events = [
        an_event("view", AT, visitor="v", channel="tiktok"),
        an_event("click", AT + days(1), visitor="v", channel="x"),
        a_sale(10, AT + days(2), visitor="v", channel="other", episode_id=episode_id),
        a_sale(7, AT + days(2), channel="other"),
    ]
    report = reported(studio, events)
    credited = {credit.key: (credit.first_usd, credit.last_usd, credit.linear_usd) for credit in report.attribution}
    assert credited == {"tiktok": (10, 0, 5), "x": (0, 10, 5), None: (7, 7, 7)}
    assert report.unknown_revenue_usd == {"first": 7, "last": 7, "linear": 7}
    assert any("name no episode" in note for note in report.notes)


def test_a_refund_lowers_the_revenue_below_zero_where_more_went_back(studio: Studio) -> None:
    [episode_id] = made(studio)
    events = [a_sale(10, AT, visitor="v", episode_id=episode_id), a_sale(-10, AT + days(1), visitor="v")]
    report = reported(studio, [*events, a_sale(-3, AT + days(2), episode_id=episode_id)])
    assert (report.revenue_usd, report.refunded_usd) == (-3, 13)
    assert report.episodes[0].revenue_usd == -3
    assert report.episodes[0].sales == 1


def test_another_currency_counts_with_a_rate_and_is_told_apart_without(studio: Studio) -> None:
    events = [a_sale(10), a_sale(100, currency="EUR")]
    without = reported(studio, events)
    assert (without.revenue_usd, without.unconverted) == (10, {"EUR": 100_000_000})
    with_rate = reported(studio, rates={"EUR": 1.1})
    assert (with_rate.revenue_usd, with_rate.unconverted) == (120, {})


def test_payments_without_an_amount_are_counted_apart(studio: Studio) -> None:
    assert reported(studio, [an_event("paid", AT, count=3)]).unpriced_sales == 3


def test_without_anything_it_says_what_to_do(studio: Studio) -> None:
    report = reported(studio)
    assert isinstance(report.roi, Insufficient)
    assert any("Connect Stripe" in note for note in report.notes)


def test_somebody_elses_episode_is_not_there(studio: Studio) -> None:
    with pytest.raises(NotFound):
        reported(studio, episode_id=new_id(AT))
