"""Where viewers are lost on the way to paying, and how sure that is."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from functions.sales_funnel_bot import app
from functions.sales_funnel_bot.app import FunnelReport, FunnelRequest, Segmented
from studio.domain.audience import AudienceEvent, AudienceStage
from studio.domain.errors import NotFound
from studio.entry import Studio
from studio.insight.funnel import Drop, Funnel
from studio.insight.insufficient import Insufficient
from tests.unit.audience import a_crowd, a_sale, an_event, days
from tests.unit.made import AT, stored


@pytest.fixture
def studio(aws: None) -> Studio:
    studio = Studio.opened_for("amina")
    studio.clock = lambda: AT + timedelta(hours=1)
    return studio


def reported(studio: Studio, events: Iterable[AudienceEvent] = (), **request: object) -> FunnelReport:
    studio.events.add(events)
    return app.report_funnel(FunnelRequest.model_validate(request), studio)


def whole(report: FunnelReport) -> Funnel:
    assert isinstance(report.funnel, Funnel)
    return report.funnel


def test_each_step_has_its_interval_and_the_largest_drop_its_advice(studio: Studio) -> None:
    report = reported(studio, a_crowd(view=10_000, click=400, checkout=200, paid=150))
    steps = {(step.start, step.end): step.conversion for step in whole(report).steps}
    share = steps["view", "click"]
    assert not isinstance(share, Insufficient)
    assert share.low < 0.04 < share.high
    drop = whole(report).largest_drop
    assert isinstance(drop, Drop)
    assert (drop.step.start, drop.sure) == ("view", True)
    assert any("caption" in step for step in report.next_steps)
    assert not any("Wait for more" in step for step in report.next_steps)


def test_where_the_drop_is_too_close_to_call_it_says_to_wait(studio: Studio) -> None:
    report = reported(studio, a_crowd(view=20, click=9, paid=4))
    assert any("Wait for more viewers" in step for step in report.next_steps)


def test_a_stage_that_nobody_counted_is_left_out_and_named(studio: Studio) -> None:
    report = reported(studio, a_crowd(view=1000, click=100, paid=5))
    assert report.not_measured == (AudienceStage.LEAD, AudienceStage.CHECKOUT)
    assert [step.end for step in whole(report).steps] == ["click", "paid"]


def test_without_anything_it_says_how_to_begin(studio: Studio) -> None:
    report = reported(studio)
    assert isinstance(report.funnel, Insufficient)
    assert "POST /links" in report.next_steps[0]
    assert report.segments == ()


def test_zero_views_with_clicks_are_no_division_by_zero(studio: Studio) -> None:
    report = reported(studio, a_crowd(click=50, paid=5))
    assert report.not_measured == (AudienceStage.VIEW, AudienceStage.LEAD, AudienceStage.CHECKOUT)


def test_channels_and_variants_have_funnels_of_their_own(studio: Studio) -> None:
    events = [
        *a_crowd(view=1000, click=50, channel="tiktok", variant="a"),
        *a_crowd(view=500, click=60, channel="x", variant="b"),
    ]
    report = reported(studio, events)
    told = {(segment.by, segment.name): segment.funnel.steps[0].passed for segment in report.segments}
    assert told == {
        (Segmented.CHANNEL, "tiktok"): 50,
        (Segmented.CHANNEL, "x"): 60,
        (Segmented.VARIANT, "a"): 50,
        (Segmented.VARIANT, "b"): 60,
    }


def test_refunds_are_in_the_revenue_and_not_in_the_funnel(studio: Studio) -> None:
    report = reported(studio, [*a_crowd(view=10, click=4), a_sale(20), a_sale(-5)])
    assert [(revenue.gross, revenue.refunded, revenue.net) for revenue in report.revenue] == [
        (20_000_000, -5_000_000, 15_000_000)
    ]
    assert whole(report).steps[-1].passed == 1


def test_what_happened_before_or_elsewhere_does_not_count(studio: Studio) -> None:
    episode = stored(studio)
    studio.events.add(
        [
            *a_crowd(view=100, click=10, episode_id=episode.episode_id),
            *a_crowd(view=7, click=7),
            *a_crowd(AT - days(40), view=9000, click=1, episode_id=episode.episode_id),
        ]
    )
    report = reported(studio, episode_id=episode.episode_id)
    assert (whole(report).steps[0].entered, whole(report).steps[0].passed) == (100, 10)


def test_somebody_elses_episode_and_audience_are_not_there(studio: Studio) -> None:
    other = Studio.opened_for("bile")
    theirs = stored(other)
    other.events.add(a_crowd(view=100, click=10))
    with pytest.raises(NotFound):
        reported(studio, episode_id=theirs.episode_id)
    assert isinstance(reported(studio).funnel, Insufficient)


def test_it_says_what_it_cannot_know(studio: Studio) -> None:
    report = reported(studio, [*a_crowd(view=10, click=4), an_event("paid", count=2)])
    assert any("came twice count twice" in note for note in report.notes)
    assert any("amount of 2 payments is not known" in note for note in report.notes)
