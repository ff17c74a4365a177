"""Whatever a network says no with is understood or passed over; nothing it says breaks the sentence about it."""

import json
import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.channels import amazon, instagram_answers, stripe, tiktok_answers, x
from studio.channels.http import Answer, Expired
from studio.channels.polling import until
from studio.channels.refusals import LONGEST, saying, words
from studio.channels.uploads import PIECE, Rest, piece, reader
from studio.domain.errors import Invalid, StudioError, Throttled

REFUSALS: dict[str, Callable[[Answer], StudioError | None]] = {
    "tiktok": tiktok_answers.refusal,
    "instagram": instagram_answers.refusal,
    "x": lambda answer: x._refusal(answer, time.time()),
    "stripe": stripe._refusal,
    "amazon": amazon._refusal,
}
_NAMES = [
    "error",
    "errors",
    "code",
    "message",
    "type",
    "reason",
    "error_subcode",
    "debug_info",
    "detail",
    "title",
    "is_transient",
    "retriable",
]
_LEAVES = st.none() | st.booleans() | st.integers(-300, 300) | st.floats() | st.text(max_size=20)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4),
    max_leaves=12,
)
_HEADERS = st.dictionaries(
    st.sampled_from(["x-rate-limit-reset", "x-rate-limit-remaining", "x-business-use-case-usage", "retry-after"]),
    st.text(max_size=30) | st.integers(-10, 10**30).map(str),
)


@pytest.mark.parametrize("network", REFUSALS)
@settings(max_examples=60)
@given(status=st.sampled_from([200, 400, 401, 403, 404, 409, 429, 500]), told=_JSON, headers=_HEADERS)
def test_no_answer_whatever_its_shape_breaks_the_reading_of_it(
    network: str, status: int, told: object, headers: dict[str, str]
) -> None:
    said = REFUSALS[network](Answer(status, headers, json.dumps(told).encode()))
    assert said is None or isinstance(said, Expired) or re.fullmatch(r"[A-Z][^\n]+\.", str(said))
    if isinstance(said, Throttled) and said.retry_after is not None:
        assert 0 < said.retry_after <= 30 * 86_400


@given(st.text(max_size=400) | st.none() | st.integers())
def test_a_networks_words_become_one_short_line(told: object) -> None:
    line = words(told)
    assert len(line) <= LONGEST
    assert not {"\n", "\r", "\x00"} & set(line)
    sentence = saying("It said", told)
    assert sentence.startswith("It said")
    assert sentence.endswith(".")


class Told:
    """An answer about how far something is."""

    def __init__(self, ask_again: float | None) -> None:
        self.ask_again = ask_again


def followed(*answers: float | Throttled | None, within: float = 100) -> tuple[object, list[float]]:
    at, told, waits = [0.0], iter(answers), list[float]()

    def ask() -> Told:
        answer = next(told)
        if isinstance(answer, Throttled):
            raise answer
        return Told(answer)

    def wait(seconds: float) -> None:
        waits.append(seconds)
        at[0] += seconds

    return until(ask, within=within, wait=wait, clock=lambda: at[0]).ask_again, waits


def test_it_is_asked_as_often_as_the_network_wants_until_it_is_over() -> None:
    assert followed(5, 30, None) == (None, [5, 30])
    assert followed(None) == (None, [])


def test_it_is_not_waited_beyond_the_deadline() -> None:
    assert followed(60, 60, None, within=100) == (60, [60])


def test_too_often_is_waited_out_where_there_is_time() -> None:
    assert followed(5, Throttled("Wait.", 20), None) == (None, [5, 20])
    assert followed(Throttled("Wait."), None) == (None, [5.0])
    with pytest.raises(Throttled):
        followed(Throttled("Wait.", 101))


def test_the_rest_of_a_file_is_read_in_pieces_and_more_than_once() -> None:
    content = bytes(range(256)) * (PIECE // 128)
    rest = Rest(reader(content), 7, len(content))
    assert [len(each) for each in rest] == [PIECE, PIECE - 7]
    assert b"".join(rest) == content[7:]


def test_a_file_that_ends_too_early_is_another_one() -> None:
    with pytest.raises(Invalid, match="ends at byte 3; 5 were announced"):
        piece(reader(b"abc"), 1, 4)
