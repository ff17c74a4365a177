"""The special functions: tabulated values, identities, and the way back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.insight.special import beta_below, beta_quantile, gamma_above, log_beta


# Abramowitz & Stegun (1964), table 26.8: percentage points of the chi-squared distribution.
@pytest.mark.parametrize(
    ("statistic", "freedom", "p"),
    [(3.84146, 1, 0.05), (10.8276, 1, 0.001), (5.99146, 2, 0.05), (18.3070, 10, 0.05), (124.342, 100, 0.05)],
)
def test_chi_squared_has_its_tabulated_points(statistic: float, freedom: int, p: float) -> None:
    assert gamma_above(freedom / 2, statistic / 2) == pytest.approx(p, rel=3e-5)


@given(st.floats(0, 600))
def test_a_shape_of_one_or_a_half_has_a_closed_form(x: float) -> None:
    assert gamma_above(1, x) == pytest.approx(math.exp(-x), rel=1e-11)
    assert gamma_above(0.5, x) == pytest.approx(math.erfc(math.sqrt(x)), rel=1e-11)


@given(st.floats(0.05, 5000), st.floats(0, 3))
def test_the_next_shape_is_one_term_more(shape: float, of_shape: float) -> None:
    x = shape * of_shape
    # DLMF 8.8.6
    term = math.exp(shape * math.log(x) - x - math.lgamma(shape + 1)) if x > 0 else 0.0
    assert gamma_above(shape + 1, x) == pytest.approx(gamma_above(shape, x) + term, rel=1e-9, abs=1e-12)


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0, 1))
def test_below_x_lies_what_the_binomial_has_above(a: int, b: int, x: float) -> None:
    # DLMF 8.17.5
    n = a + b - 1
    tail = math.fsum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert beta_below(a, b, x) == pytest.approx(tail, rel=1e-9, abs=1e-13)


@given(st.floats(0.05, 5000), st.floats(0.05, 5000), st.floats(0.001, 0.999))
def test_the_next_parameter_is_one_term_less(a: float, b: float, x: float) -> None:
    # DLMF 8.17.20
    term = math.exp(a * math.log(x) + b * math.log1p(-x) - log_beta(a, b)) / a
    assert beta_below(a + 1, b, x) == pytest.approx(beta_below(a, b, x) - term, rel=1e-7, abs=1e-9)


@given(st.floats(0.5, 1e5), st.floats(0.5, 1e5), st.floats(0.0001, 0.9999))
def test_a_quantile_leads_back(a: float, b: float, share: float) -> None:
    found = beta_quantile(a, b, share)
    if 1e-12 < found < 1 - 1e-12:
        assert beta_below(a, b, found) == pytest.approx(share, abs=1e-6)


def test_quantiles_have_closed_forms_where_one_parameter_is_one() -> None:
    for share in (0.0, 0.025, 0.5, 0.975, 1.0):
        assert beta_quantile(3, 1, share) == pytest.approx(share ** (1 / 3))
        assert beta_quantile(1, 1, share) == pytest.approx(share)
    assert beta_quantile(0.5, 0.5, 0.25) == pytest.approx(math.sin(math.pi / 8) ** 2)


def test_the_ends_are_exact() -> None:
    assert (gamma_above(3, 0), gamma_above(3, math.inf), gamma_above(2, 5000)) == (1, 0, 0)
    assert (beta_below(2, 3, 0), beta_below(2, 3, 1)) == (0, 1)
    assert log_beta(2, 3) == pytest.approx(math.log(1 / 12))


@pytest.mark.parametrize(
    ("function", "given_to"),
    [
        (log_beta, (0, 1)),
        (gamma_above, (0, 1)),
        (gamma_above, (1, -1)),
        (gamma_above, (1, math.nan)),
        (beta_below, (1, -1, 0.5)),
        (beta_below, (1, 1, 1.1)),
        (beta_quantile, (1, math.inf, 0.5)),
        (beta_quantile, (1, 1, 1.1)),
    ],
)
def test_what_has_no_value_is_refused(function: object, given_to: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"must be above|There is no|quantile of"):
        function(*given_to)  # type: ignore[operator]
