"""From events to who came how far, and what a sale came by."""

from studio.domain.audience import AudienceStage
from studio.domain.journey import reached, sales
from tests.unit.audience import DOLLAR, a_crowd, a_sale, an_event, days
from tests.unit.made import AT


def by_channel(event: object) -> str:
    return str(getattr(event, "channel", ""))


def test_a_visitor_who_comes_twice_is_one_and_who_is_not_known_counts_each_time() -> None:
    events = [an_event("view", visitor="v1"), an_event("view", visitor="v1"), an_event("view", count=10)]
    assert reached(events)[AudienceStage.VIEW] == 11


def test_without_events_nobody_reached_anything() -> None:
    assert set(reached([]).values()) == {0}


def test_a_refund_is_no_step_on_the_way() -> None:
    assert AudienceStage.REFUND not in reached([a_sale(-5)])


def test_a_sale_knows_what_its_visitor_came_by_before_and_not_after() -> None:
    events = [
        an_event("click", AT + days(2), visitor="v", channel="x"),
        an_event("view", AT, visitor="v", channel="tiktok"),
        a_sale(10, AT + days(1), visitor="v", channel="site"),
    ]
    [sale] = sales(events, by_channel)
    assert [key for key, _ in sale.touches] == ["tiktok"]


def test_a_refund_takes_back_what_the_sale_was_credited_with() -> None:
    events = [
        an_event("view", AT, visitor="v", channel="tiktok"),
        a_sale(10, AT + days(1), visitor="v"),
        an_event("view", AT + days(2), visitor="v", channel="x"),
        a_sale(-10, AT + days(3), visitor="v"),
    ]
    sale, refund = sales(events, by_channel)
    assert (refund.revenue, refund.touches, refund.at) == (-10 * DOLLAR, sale.touches, sale.at)


def test_a_sale_of_nobody_known_came_by_the_link_it_was_paid_through_and_nothing_else() -> None:
    events = [an_event("view", AT), a_sale(10, AT + days(1), channel="mail")]
    [sale] = sales(events, by_channel)
    assert [key for key, _ in sale.touches] == ["mail"]


def test_a_payment_without_an_amount_is_no_sale_of_nothing() -> None:
    assert sales([an_event("paid", AT)], by_channel) == []
    assert sum(1 for _ in a_crowd(view=3, click=0)) == 1
