"""What people type, whatever they type."""

import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from studio.domain.base import Id, Name, Paragraph, Phrase, Prompt, Text, Title, clean, new_id
from studio.domain.project import Locale
from tests.unit.made import AT

anything = st.text(st.characters(exclude_categories=()), max_size=60)
FAMILY = "👩‍👩‍👧‍👦"
ARABIC = "\u200fحفلة العشاء\u200e"


def taken(kind: Any, text: str) -> str:
    return TypeAdapter(kind).validate_python(text)


@given(anything)
def test_cleaned_text_is_clean_and_stays_so(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned == cleaned.strip() == unicodedata.normalize("NFC", cleaned)
    assert all(c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"} for c in cleaned)
    cleaned.encode()


@given(anything)
def test_a_name_is_one_line_or_refused(text: str) -> None:
    try:
        name = taken(Name, text)
    except ValidationError:
        assert not clean(text) or len(clean(text)) > 80 or len(" ".join(clean(text).split())) > 80
    else:
        assert 1 <= len(name) <= 80
        assert len(name.splitlines()) == 1


def test_emoji_families_and_writing_directions_survive() -> None:
    assert clean(FAMILY) == FAMILY
    assert clean(ARABIC) == ARABIC
    assert taken(Prompt, f"{FAMILY} {ARABIC}") == f"{FAMILY} {ARABIC}"


def test_control_characters_and_lone_surrogates_go_and_line_breaks_stay_where_they_may() -> None:
    assert taken(Paragraph, "a\x00b\x1b[31m\ud800c\nd\te\x7f") == "ab[31mc\nd\te"
    assert taken(Title, " a\u2028b\n\n c ") == "a b c"


def test_accents_are_written_one_way() -> None:
    assert taken(Name, "Jose\u0301") == "José"


@pytest.mark.parametrize("kind", [Name, Title, Prompt, Text])
@pytest.mark.parametrize("blank", ["", "   ", "\n\t", "\x00", "\ud800", "\u3000"])
def test_what_must_say_something_does(kind: Any, blank: str) -> None:
    with pytest.raises(ValidationError, match="must contain something"):
        taken(kind, blank)


@pytest.mark.parametrize("kind", [Phrase, Paragraph])
def test_what_may_be_empty_may(kind: Any) -> None:
    assert taken(kind, "  ") == ""


@pytest.mark.parametrize(
    ("kind", "limit"), [(Name, 80), (Title, 160), (Phrase, 300), (Paragraph, 4000), (Text, 4000), (Prompt, 8000)]
)
def test_the_limit_is_kept_and_said(kind: Any, limit: int) -> None:
    assert taken(kind, "x" * limit) == "x" * limit
    assert taken(kind, f"  {'x' * limit}\x00  ") == "x" * limit
    with pytest.raises(ValidationError, match=f"at most {limit:,} characters; this is 20,000"):
        taken(kind, "x" * 20_000)


@pytest.mark.parametrize("tag", ["en", "so", "ast", "zh-Hant-TW", "sr-Latn", "es-419", "pt-BR"])
def test_a_locale_is_a_language_tag(tag: str) -> None:
    assert taken(Locale, tag) == tag


@pytest.mark.parametrize(
    "tag", ["", "EN", "en_US", "en-us", "english", "en-", "en-US\n", "../en", "en-US-x", "e", "en\u0660"]
)
def test_anything_else_is_no_locale(tag: str) -> None:
    with pytest.raises(ValidationError):
        taken(Locale, tag)


@given(st.lists(st.integers(min_value=0, max_value=10**9), min_size=2, max_size=5))
def test_ids_are_ids_and_sort_by_time(milliseconds: list[int]) -> None:
    made = [(at, taken(Id, new_id(AT + timedelta(milliseconds=at)))) for at in milliseconds]
    assert [at for at, _ in sorted(made, key=lambda pair: pair[1])] == sorted(milliseconds)
    assert len({one for _, one in made}) == len(made)


@pytest.mark.parametrize("text", ["", "1", "x" * 26, "8" + "0" * 25, "01jd" + "0" * 22, "0" * 26 + "\n", "../" * 9])
def test_anything_else_is_no_id(text: str) -> None:
    with pytest.raises(ValidationError):
        taken(Id, text)
