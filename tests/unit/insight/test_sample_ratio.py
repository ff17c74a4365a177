"""Whether variants were shown to as many as was meant."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.insight.insufficient import Insufficient
from studio.insight.sample_ratio import RatioCheck, sample_ratio


def check(seen: dict[str, int], planned: dict[str, float] | None = None) -> RatioCheck:
    found = sample_ratio(seen, planned)
    assert isinstance(found, RatioCheck)
    return found


def test_the_example_that_is_published() -> None:
    # Kohavi, Tang & Xu (2020), "Trustworthy Online Controlled Experiments", chapter 3: 821,588 against 815,482 for a
    # plan of half and half has a p-value of 1.8e-6.
    found = check({"control": 821_588, "treatment": 815_482})
    assert found.p_value == pytest.approx(1.8e-6, rel=0.03)
    assert found.mismatch
    assert found.variants["control"].expected == 818_535


def test_mendels_peas_fit_his_ratio() -> None:
    # Pearson's test of 315, 101, 108 and 32 peas against 9:3:3:1: chi-squared 0.470 with 3 degrees of freedom.
    found = check({"ry": 315, "wy": 101, "rg": 108, "wg": 32}, {"ry": 9, "wy": 3, "rg": 3, "wg": 1})
    assert found.chi_squared == pytest.approx(0.470, abs=5e-4)
    assert found.p_value == pytest.approx(0.925, abs=5e-4)
    assert not found.mismatch


def test_a_plan_that_is_kept_to_rarely_raises_an_alarm() -> None:
    chance = random.Random(2019)
    found = [
        check({"a": (a := chance.binomialvariate(1000, 0.2)), "b": 1000 - a}, {"a": 1, "b": 4}) for _ in range(1500)
    ]
    assert sum(one.mismatch for one in found) <= 5
    assert sum(one.p_value < 0.05 for one in found) / 1500 == pytest.approx(0.05, abs=0.02)


def test_too_few_say_how_many_it_takes() -> None:
    found = sample_ratio({"a": 3, "b": 4}, {"a": 1, "b": 9})
    assert found == Insufficient(need=50, have=7, of="viewers of all variants")
    assert isinstance(sample_ratio({"a": 10, "b": 40}, {"a": 1, "b": 9}), RatioCheck)
    assert isinstance(sample_ratio({"a": 0, "b": 0}), Insufficient)


@given(
    st.dictionaries(
        st.sampled_from("abcdef"), st.tuples(st.integers(0, 999), st.floats(0.1, 9)), min_size=2, max_size=5
    )
)
def test_weights_mean_the_same_in_any_unit_and_order(variants: dict[str, tuple[int, float]]) -> None:
    seen = {name: count for name, (count, _) in variants.items()}
    found = sample_ratio(seen, {name: weight for name, (_, weight) in variants.items()})
    again = sample_ratio(seen, {name: 7 * variants[name][1] for name in reversed(variants)})
    if isinstance(found, RatioCheck) and isinstance(again, RatioCheck):
        assert again.p_value == pytest.approx(found.p_value, abs=1e-9)
        assert sum(one.expected for one in found.variants.values()) == pytest.approx(sum(seen.values()))


@pytest.mark.parametrize(
    ("seen", "planned"),
    [
        ({"a": 5}, None),
        ({}, None),
        ({"a": 5, "b": -1}, None),
        ({"a": 5, "b": 5}, {"a": 1, "c": 1}),
        ({"a": 9, "b": 9}, {"a": 1, "b": 0}),
    ],
)
def test_what_is_no_plan_is_refused(seen: dict[str, int], planned: dict[str, float] | None) -> None:
    with pytest.raises(ValueError, match=r"variant"):
        sample_ratio(seen, planned)
