"""The generic extractive writer."""

import ast
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, Field, HttpUrl, JsonValue, create_model, field_validator, model_validator

from studio.domain.base import Id, Name, Paragraph, Phrase, Title, Written
from studio.domain.errors import BadAnswer
from studio.domain.project import Character, CharacterSheet, Locale, Project
from studio.domain.shot import Angle, Shot
from studio.domain.storyboard import Outline
from studio.generation.draft import extract as extracting
from studio.generation.draft.extract import extract

MATERIAL: dict[str, JsonValue] = {
    "prompt": "A baking finale where Amina's cake is stolen overnight. Sahra saw everything and said nothing.",
    "clips": 3,
    "cast": [{"name": "Amina", "wants": "to win"}, {"name": "Sahra", "wants": "to be believed"}],
    "script": {
        "clips": [{"number": 1, "description": "Amina alone."}, {"number": 2, "description": "Sahra at the door."}]
    },
    "episode_id": "01J9ZQ6T7V8W9X0Y1Z2A3B4C5D",
    "link": "https://example.org/episode",
    "aired": "2026-03-04",
}


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Part(Written):
    number: int = Field(ge=1)
    description: Paragraph = Field(min_length=1)
    weight: float = Field(gt=0, lt=1)


class Everything(Written):
    title: Title
    name: Name
    note: Phrase
    colour: Colour
    kind: Literal["a", "b"]
    parts: list[Part] = Field(min_length=2, max_length=5)
    scores: dict[str, float]
    when: AwareDatetime
    day: date
    maybe: int | None
    flag: bool
    code: str = Field(pattern=r"^[A-Z]{3}-\d{4}$")
    tags: set[str] = Field(min_length=2, max_length=4)
    pair: tuple[int, str]
    even: int = Field(multiple_of=2, ge=10, le=20)
    either: Part | str
    url: HttpUrl
    id: Id
    locale: Locale
    raw: Any


class Node(BaseModel):
    label: str
    children: list["Node"] = []
    parent: "Node | None" = None


@pytest.mark.parametrize("schema", [Everything, Node, Project, Character, CharacterSheet, Shot])
@pytest.mark.parametrize("material", [MATERIAL, {}, {"prompt": "🎂"}, {"prompt": "سر العائلة"}])
def test_any_model_is_filled_from_any_material(schema: type[BaseModel], material: dict[str, JsonValue]) -> None:
    made = extract(material, schema)
    assert schema.model_validate(made.model_dump(mode="json")) == made
    assert extract(material, schema) == made


def test_words_come_from_the_material() -> None:
    class Report(Written):
        summary: Paragraph
        people: list[Name]
        episode_id: Id

    report = extract(MATERIAL, Report)
    assert report.summary in str(MATERIAL["prompt"])
    assert set(report.people) <= {"Amina", "Sahra"}
    assert report.episode_id == MATERIAL["episode_id"]


def test_a_list_follows_the_list_it_is_about() -> None:
    class ClipNote(Written):
        clip: int = Field(ge=1)
        angle: Angle

    class Notes(Written):
        clips: list[ClipNote]

    class Rewritten(Written):
        clips: list[Part]

    assert [note.clip for note in extract(MATERIAL, Notes).clips] == [1, 2]
    rewritten = extract(MATERIAL, Rewritten).clips
    assert [(c.number, c.description) for c in rewritten] == [(1, "Amina alone."), (2, "Sahra at the door.")]


def test_dates_and_links_are_the_materials_own() -> None:
    class Airing(BaseModel):
        day: date
        url: HttpUrl

    airing = extract(MATERIAL, Airing)
    assert airing.day == date(2026, 3, 4)
    assert str(airing.url) == "https://example.org/episode"


def test_a_rule_that_no_schema_states_is_learnt_from_its_refusal() -> None:
    class Shy(BaseModel):
        word: str
        later: datetime

        @field_validator("word")
        @classmethod
        def short(cls, word: str) -> str:
            if len(word) > 12:
                raise ValueError("too long")
            return word

    assert len(extract(MATERIAL, Shy).word) <= 12


def test_a_rule_across_fields_is_tried_for() -> None:
    class Ordered(BaseModel):
        low: int = Field(ge=0, le=9)
        high: int = Field(ge=0, le=9)

        @model_validator(mode="after")
        def in_order(self) -> "Ordered":
            if self.low >= self.high:
                raise ValueError("low must be below high")
            return self

    made = extract({"prompt": "Two numbers."}, Ordered)
    assert made.low < made.high


def test_what_cannot_be_filled_is_said_so() -> None:
    class Never(BaseModel):
        word: str

        @field_validator("word")
        @classmethod
        def refuse(cls, word: str) -> str:
            raise ValueError("never")

    with pytest.raises(BadAnswer, match="Never"):
        extract(MATERIAL, Never)


class Told(Written):
    light: Phrase = Field(min_length=1)
    note: Phrase = Field(min_length=1)


class Sheet(Written):
    light: Phrase = Field(min_length=1)
    told: list[Told] = Field(min_length=3, max_length=3)


LIGHTS: list[JsonValue] = ["One lamp.", "A window.", "Headlights.", "Candles."]


def test_what_is_offered_for_a_field_is_taken_and_another_for_each_of_a_list() -> None:
    made = extract(MATERIAL | {"choices": {"light": LIGHTS}}, Sheet)
    assert made.light in LIGHTS
    lights = [one.light for one in made.told]
    assert set(lights) <= set(LIGHTS)
    assert len(set(lights)) == 3
    assert not {one.note for one in made.told} & set(LIGHTS)


@given(st.text(min_size=1, max_size=20))
def test_another_material_may_take_another_choice_and_the_same_takes_the_same(prompt: str) -> None:
    material: dict[str, JsonValue] = {"prompt": prompt, "choices": {"light": LIGHTS}}
    assert extract(material, Told) == extract(material, Told)
    assert extract(material, Told).light in LIGHTS


def test_not_everybody_is_offered_the_same_by_chance() -> None:
    taken = {extract({"prompt": f"Night {n}.", "choices": {"light": LIGHTS}}, Told).light for n in range(30)}
    assert taken == set(LIGHTS)


@pytest.mark.parametrize("offered", [{}, {"light": []}, {"light": "One lamp."}, [], "x", None, {"other": ["y"]}])
def test_what_offers_nothing_changes_nothing(offered: JsonValue) -> None:
    assert extract(MATERIAL | {"choices": offered}, Told).light


def test_a_choice_that_is_refused_is_given_up() -> None:
    class Picky(BaseModel):
        light: str

        @field_validator("light")
        @classmethod
        def refuse(cls, light: str) -> str:
            if light in LIGHTS:
                raise ValueError("none of these")
            return light

    assert extract(MATERIAL | {"choices": {"light": LIGHTS}}, Picky).light


class Changes(Written):
    facts: list[Part] = Field(default_factory=list, max_length=3)
    people: list[Name] = Field(default_factory=list)


def test_a_list_that_the_material_has_nothing_for_stays_empty() -> None:
    assert extract(MATERIAL | {"facts": []}, Changes).facts == []
    assert extract(MATERIAL, Changes).facts
    assert extract(MATERIAL | {"people": []}, Changes).people == []


def test_a_list_that_must_have_something_has_it_all_the_same() -> None:
    class Some(Written):
        facts: list[Part] = Field(min_length=2)

    assert len(extract(MATERIAL | {"facts": []}, Some).facts) >= 2


class Entry(Written):
    number: int = Field(ge=1)
    people: list[Name] = Field(default_factory=list, max_length=2)


class Entries(Written):
    shots: list[Entry]


def test_an_entry_keeps_the_lists_that_it_has() -> None:
    shots: list[JsonValue] = [{"number": 4, "people": ["Sahra"]}, {"number": 7, "people": []}, {"number": 9}]
    made = extract(MATERIAL | {"shots": shots}, Entries)
    assert [one.number for one in made.shots] == [4, 7, 9]
    assert [one.people for one in made.shots[:2]] == [["Sahra"], []]


def test_a_list_of_an_entry_that_does_not_fit_is_filled_anew() -> None:
    made = extract(MATERIAL | {"shots": [{"number": 4, "people": ["Sahra", "Amina", "Omar"]}]}, Entries)
    assert 0 < len(made.shots[0].people) <= 2


def test_nothing_depends_on_what_a_schema_is_called() -> None:
    called = create_model("Anything", __base__=Outline)
    material: dict[str, JsonValue] = MATERIAL | {"secrets": [], "beats": [{"scene": 1, "beat": "twist"}]}
    assert extract(material, called).model_dump() == extract(material, Outline).model_dump()


def test_the_extractor_knows_no_schema_of_the_domain() -> None:
    folder = Path(extracting.__file__).parent
    for name in ("extract", "fields", "sources", "formats", "samples"):
        found = ast.walk(ast.parse(Path(folder, f"{name}.py").read_text(encoding="utf-8")))
        imported = {node.module for node in found if isinstance(node, ast.ImportFrom) and node.module}
        assert {m for m in imported if m.startswith("studio.domain")} <= {"studio.domain.base", "studio.domain.errors"}


FIELDS = st.sampled_from(
    [
        Part,
        list[Part],
        list[int],
        Colour,
        int | None,
        dict[str, Part],
        Annotated[str, Field(min_length=5, max_length=9)],
        Annotated[int, Field(gt=3, lt=6)],
        Annotated[float, Field(ge=-1, le=0)],
        Annotated[list[Name], Field(min_length=4, max_length=4)],
        Literal["x", 3],
        bool,
        Name,
        datetime,
        tuple[Part, ...],
        frozenset[Colour],
        Part | Colour | None,
    ]
)


@given(
    st.dictionaries(st.sampled_from(["title", "people", "clip", "score", "notes", "x"]), FIELDS, min_size=1), st.text()
)
@settings(max_examples=60, deadline=None)
def test_arbitrary_schemas_are_filled(fields: dict[str, Any], prompt: str) -> None:
    schema = create_model("Made", **{name: (kind, ...) for name, kind in fields.items()})
    extract({"prompt": prompt, "clips": 2}, schema)
