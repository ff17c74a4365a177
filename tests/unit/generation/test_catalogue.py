"""The figures, and what is said when there is none."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.errors import ProviderFailed
from studio.generation.catalogue import SETTINGS, Price, catalogue, default, price, successor
from studio.generation.ports import Usage

NOVEMBER = date(2026, 11, 15)
counts = st.integers(min_value=0, max_value=10**9)


@pytest.mark.parametrize(
    ("on", "millions"),
    [
        (date(2025, 1, 1), ("0.75", "3.75")),
        (date(2026, 12, 31), ("0.75", "3.75")),
        (date(2027, 1, 1), ("1.50", "7.50")),
        (date(2030, 1, 1), ("1.50", "7.50")),
    ],
)
def test_the_price_steps_on_its_day(on: date, millions: tuple[str, str]) -> None:
    found = price("gemini-3.8-flash", on)
    assert (found.input_million, found.output_million) == tuple(map(Decimal, millions))


def test_every_default_is_a_model_for_that_use_with_a_price() -> None:
    uses = {model.id: model.use for model in catalogue().models}
    for use in SETTINGS:
        assert uses[default(use)] == use
        price(default(use), NOVEMBER)


def test_every_successor_can_be_chosen() -> None:
    ids = {model.id: model.use for model in catalogue().models}
    for retired in catalogue().retired:
        assert ids[retired.successor] == retired.use
        assert retired.id not in ids
        assert successor(retired.id, retired.use) == retired.successor
    assert successor("something", "image") == default("image")


def test_costs_are_exact() -> None:
    text = price("gemini-3.8-flash", NOVEMBER)
    assert text.cost(Usage(input_tokens=1_000_000, output_tokens=1_000_000)) == 4_500_000
    assert text.cost(Usage(input_tokens=1)) == 1, "three quarters of a micro-dollar round up"
    assert text.cost(Usage(input_tokens=4, output_tokens=4)) == 18
    assert text.cost(Usage()) == 0


def test_pictures_cost_by_token_where_both_are_known_and_by_piece_otherwise() -> None:
    image = price("gemini-nano-banana-2.1", NOVEMBER)
    assert image.cost(Usage(images=1, image_tokens=1120)) == 33_600
    assert image.cost(Usage(images=2)) == 67_200
    assert price("gemini-3-pro-image", NOVEMBER).cost(Usage(images=1, image_tokens=1120)) == 134_000


def test_quotes_err_high() -> None:
    text = price("gemini-3.8-flash", NOVEMBER)
    assert text.estimate_text(4001, 1000) == 1501 + 3750
    assert text.estimate_text(100) > text.cost(Usage(input_tokens=25, output_tokens=8000))
    image = price("gemini-nano-banana-2.1", NOVEMBER)
    assert image.estimate_image() == 33_600
    assert image.estimate_image(1000, references=2) == 33_600 + 750 + 3360


@given(usage=st.builds(Usage, input_tokens=counts, output_tokens=counts, image_tokens=counts, images=counts))
def test_drafts_are_free(usage: Usage) -> None:
    assert price("draft-composer-1", NOVEMBER).cost(usage) == 0
    assert price("draft-storyboard-1", NOVEMBER).cost(usage) == 0


@given(first=counts, second=counts, million=st.decimals(min_value=0, max_value=1000, places=4))
def test_paying_in_parts_is_never_cheaper_and_costs_a_micro_more_at_most(
    first: int, second: int, million: Decimal
) -> None:
    rate = Price(price_date=NOVEMBER, input_million=million)
    whole = rate.cost(Usage(input_tokens=first + second))
    parts = rate.cost(Usage(input_tokens=first)) + rate.cost(Usage(input_tokens=second))
    assert whole <= parts <= whole + 1


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (
            "gemini-2.5-flash-image-preview",
            "The model “gemini-2.5-flash-image-preview” is retired (15 January 2026); "
            "set IMAGE_MODEL to gemini-nano-banana-2.1.",
        ),
        (
            "gemini-2.5-flash",
            "The model “gemini-2.5-flash” is retired (1 December 2026); set TEXT_MODEL to gemini-3.8-flash.",
        ),
        (
            "google/gemini-3.8-flash",
            "The model “google/gemini-3.8-flash” is not in the catalogue, so its price is unknown; set TEXT_MODEL or "
            "IMAGE_MODEL to one that is, for example gemini-3.8-flash or gemini-nano-banana-2.1.",
        ),
    ],
)
def test_a_model_without_a_price_names_the_setting(model: str, sentence: str) -> None:
    with pytest.raises(ProviderFailed) as raised:
        price(model, NOVEMBER)
    assert str(raised.value) == sentence
