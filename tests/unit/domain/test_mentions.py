"""Names in a script: found declined, as whole words, the longest first, and not where nothing should be sold."""

import pytest

from studio.craft.selling import selling
from studio.domain.mentions import NamedIn, Passage, Reading, longest, stems

EN, DE = (selling().languages[language].endings for language in ("en", "de"))


def reading(*texts: str, endings: object = EN) -> Reading:
    return Reading([Passage(1, n, NamedIn.DIALOGUE, text) for n, text in enumerate(texts, 1)], endings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "text", "quote"),
    [
        ("Kettle", "The kettles boil.", "kettles"),
        ("Kettles", "The kettle boils.", "kettle"),
        ("knife", "Two knives, and a look.", "knives"),
        ("Teacup", "The teacup’s handle is gone.", "teacup"),
        ("moka pot", "She slams the MOKA-POT down.", "MOKA-POT"),
        ("Café press", "An old cafe press.", "cafe press"),
        ("Dress", "Three dresses on a rail.", "dresses"),
        ("lady watch", "Ladies watch.", "Ladies watch"),
    ],
)
def test_a_name_is_found_declined_and_in_any_letters(name: str, text: str, quote: str) -> None:
    [found] = reading(text).find("", [name])
    assert found.quote == quote


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pan", "A panel, a company, a pane of glass."),
        ("Ring", "A string of earrings that bring nothing."),
        ("bra", "The brass bell."),
        ("bus", "The bush."),
        ("moka pot", "The moka is next to the pot."),
        ("!!!", "!!! and nothing else"),
    ],
)
def test_part_of_a_word_or_of_a_name_is_none(name: str, text: str) -> None:
    assert list(reading(text).find("", [name])) == []


@pytest.mark.parametrize(
    ("name", "text"), [("Kanne", "Drei Kannen Tee."), ("Tuch", "Mit Tüchern."), ("Messer", "Des Messers.")]
)
def test_other_languages_have_their_own_endings(name: str, text: str) -> None:
    found = list(reading(text, endings=DE).find("", [name]))
    # Umlauts that a plural brings are folded away with the accents.
    assert len(found) == 1


def test_of_a_pot_in_a_moka_pot_only_the_moka_pot_is_named() -> None:
    text = reading("The moka pot next to the pot.")
    found = longest([*text.find("pot", ["pot"]), *text.find("moka", ["moka pot"])])
    assert [(one.key, one.quote) for one in found] == [("moka", "moka pot"), ("pot", "pot")]


def test_two_offers_of_one_name_are_both_found() -> None:
    text = reading("A kettle.")
    found = longest([*text.find("a", ["kettle"]), *text.find("b", ["kettle"])])
    assert [one.key for one in found] == ["a", "b"]


def test_what_stands_beside_a_sensitive_word_is_sensitive_and_what_is_further_off_is_not() -> None:
    unfit = selling().languages["en"].unfit()
    text = reading("The kettle.", "He died at night.", "The kettle.", "Who takes milk?", "The kettle.")
    assert [text.sensitive(n, unfit) for n in range(5)] == ["died", "died", "died", "", ""]
    chapel = Reading(
        [
            Passage(1, None, NamedIn.SET, "EXT. CEMETERY - DAY"),
            *(Passage(1, n, NamedIn.DIALOGUE, "Tea?") for n in (1, 2, 3)),
        ],
        EN,
    )
    assert chapel.sensitive(3, unfit) == "CEMETERY"


def test_short_words_are_no_forms_of_each_other() -> None:
    assert stems("as", EN) == {"as"}
    assert "bus" in stems("bus", EN)
    assert "bu" not in stems("bus", EN)
