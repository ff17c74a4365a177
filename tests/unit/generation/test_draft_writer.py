"""The draft writer's scripts."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from studio.casts import ready_made
from studio.domain.base import clean
from studio.domain.project import CharacterSheet
from studio.domain.script import Beat, Script, problems, spoken_seconds
from studio.generation.draft.story import compose
from studio.generation.draft.story.banks import FAMILIES, bank, looks, manners, people
from studio.generation.draft.story.clauses import gender, secret, wish
from studio.generation.draft.story.reading import read
from studio.generation.draft.writer import DraftWriter
from studio.generation.ports import WriteRequest

CAST: list[JsonValue] = [c.model_dump(mode="json") for c in ready_made()["say-walahi"].characters]
PROMPTS = [
    "Create a dramatic episode where the main character discovers a shocking family secret",
    "A baking competition finale where the best cake is sabotaged overnight",
    "A dating show twist on a beach in Lisbon: the ex arrives with a ring",
    "Housemates find out who stole the rent",
    "A makeover that goes wrong an hour before the wedding",
    "Two sisters fight over a restaurant in Mogadishu",
    "أنشئ حلقة درامية تكتشف فيها البطلة سر العائلة الصادم",
    "🎂🔥😭👵",
    "厨房里，母亲发现了一个秘密",
    "Una madre descubre que su hijo vende la panadería",
]


def material(prompt: str, cast: list[JsonValue] | None = None, clips: int = 3) -> dict[str, JsonValue]:
    return {"prompt": prompt, "cast": CAST if cast is None else cast, "project": None, "clips": clips, "locale": "en"}


def faults(script: Script, given: Mapping[str, JsonValue]) -> list[str]:
    cast = [entry["name"] for entry in given["cast"]]  # type: ignore[index, union-attr, call-overload]
    return problems(script, cast=cast, prompt=str(given["prompt"]), clips=int(str(given["clips"])))


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("clips", [1, 2, 3, 6])
@pytest.mark.parametrize("with_cast", [True, False])
def test_every_script_keeps_the_rules_of_a_script(prompt: str, clips: int, with_cast: bool) -> None:
    asked = material(prompt, None if with_cast else [], clips)
    script = compose(asked)
    assert faults(script, asked) == []
    assert 4 <= len(script.scenes) <= 6


@given(
    prompt=st.text(min_size=1, max_size=400).map(clean).filter(bool),
    clips=st.integers(1, 6),
    people=st.integers(0, 8),
)
@settings(max_examples=80, deadline=None)
def test_any_prompt_with_or_without_a_cast_gives_a_valid_script(prompt: str, clips: int, people: int) -> None:
    asked = material(prompt, CAST[:people], clips)
    assert faults(compose(asked), asked) == []


@given(
    st.lists(
        st.builds(
            CharacterSheet,
            name=st.text(min_size=1, max_size=30).filter(lambda s: bool(clean(s))),
            wants=st.text(max_size=120),
            hides=st.text(max_size=120),
            voice=st.text(max_size=60),
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda s: s.name.casefold(),
    )
)
@settings(max_examples=50, deadline=None)
def test_any_character_sheets_give_a_valid_script(sheets: list[CharacterSheet]) -> None:
    asked = material("A mother finds a letter", [s.model_dump(mode="json") for s in sheets])
    assert faults(compose(asked), asked) == []


@pytest.mark.parametrize("unit", ["walahi ", "السر ", "🎂 ", "ab\n", "Amina met Yusuf. "])
def test_eight_thousand_characters_are_read_quickly(unit: str) -> None:
    asked = material((unit * 8000)[:8000].strip(), [])
    started = time.perf_counter()
    assert faults(compose(asked), asked) == []
    assert time.perf_counter() - started < 1


def test_the_same_request_gives_the_same_script_in_another_process() -> None:
    code = (
        "from studio.generation.draft.story import compose;"
        f"print(compose({material(PROMPTS[5], [])!r}).model_dump_json())"
    )
    outs = set()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        outs.add(done.stdout.strip())
    assert outs == {compose(material(PROMPTS[5], [])).model_dump_json()}


def test_different_prompts_give_different_stories() -> None:
    scripts = [compose(material(prompt)) for prompt in PROMPTS[:6]]
    assert len({s.title for s in scripts}) == 6
    assert len({s.synopsis for s in scripts}) == 6
    lines = [{line.text for scene in s.scenes for line in scene.lines} for s in scripts]
    for i, mine in enumerate(lines):
        for other in lines[i + 1 :]:
            assert len(mine & other) < len(mine) / 2


def test_the_demo_tells_of_somebodys_secret_in_their_own_words() -> None:
    script = compose(material(PROMPTS[0]))
    spoken = " ".join(line.text for scene in script.scenes for line in scene.lines)
    assert "I raised my sister's son as my own and never told him" in spoken
    assert script.scenes[-1].beat is Beat.CLIFFHANGER
    assert script.open_question.endswith("?")


def test_the_prompts_places_things_and_people_are_in_the_story() -> None:
    script = compose(material("Amina hides a locket in the attic in Nairobi and Yusuf finds it", []))
    assert {"Amina", "Yusuf"} <= {line.speaker for scene in script.scenes for line in scene.lines}
    assert "ATTIC, NAIROBI" in script.scenes[0].heading
    assert "locket" in script.model_dump_json()


NOBODY = {
    "in",
    "the",
    "a",
    "night",
    "tower",
    "finale",
    "champion",
    "mogadishu",
    "bakery",
    "rooftop",
    "quiet",
    "my",
    "stole",
    "العائلة",
    "البطلة",
    "great",
    "war",
    "eid",
    "somali",
    "toronto",
    "rose",
}


@pytest.mark.parametrize(
    "prompt",
    [
        *PROMPTS,
        "Night 16 in the tower",
        "A quiet rooftop",
        "My boss is my mother",
        "The Great Bakery War",
        "A Somali family in Toronto",
        "in",
        "x" * 100,
    ],
)
def test_without_a_cast_real_people_are_made_up(prompt: str) -> None:
    script = compose(material(prompt, []))
    assert 3 <= len(script.guests) <= 5
    assert len({guest.name for guest in script.guests}) == len(script.guests)
    for guest in script.guests:
        assert guest.name[0].isupper()
        assert not NOBODY & set(guest.name.casefold().split())
        assert len(guest.description.split()) >= 8
        assert re.search(r"\b\d\d\b", guest.description)


@pytest.mark.parametrize(
    ("prompt", "culture"),
    [
        ("Two sisters fight over a restaurant in Mogadishu", "somali"),
        ("أنشئ حلقة درامية تكتشف فيها البطلة سر العائلة الصادم", "arabic"),
        ("A dating show twist on a beach in Lisbon", "portuguese"),
        ("Una madre descubre que su hijo vende la panadería", "spanish"),
        ("厨房里，母亲发现了一个秘密", "chinese"),
        ("Dos amigas y un perro", "spanish"),
    ],
)
def test_made_up_names_follow_the_place_and_the_language(prompt: str, culture: str) -> None:
    names = people().cultures[culture]
    script = compose({**material(prompt, []), "locale": "es"})
    assert {guest.name for guest in script.guests} <= {*names.women, *names.men}


@pytest.mark.parametrize(
    ("prompt", "labels"),
    [
        ("Two sisters share a bakery and one hides a debt", ["The older sister", "The younger sister"]),
        ("My boss is my mother", ["The boss and the mother"]),
        ("Three brothers open a food truck with a rival chef", ["The oldest brother", "The rival chef"]),
        ("🎂🔥😭👵", ["The grandmother"]),
        ("Amina's sister steals the will", ["Amina's sister"]),
    ],
)
def test_the_prompts_relations_are_the_guests_roles(prompt: str, labels: list[str]) -> None:
    told = [guest.description for guest in compose(material(prompt, [])).guests]
    assert all(any(text.startswith(f"{label}, ") for text in told) for label in labels)


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("Zahra finds a ring at the wedding", "Zahra"),
        ("zahra finds a ring at the wedding", "Zahra"),
        ("Uncle Ali sells the house before Eid", "Uncle Ali"),
        ("Priya fires her brother Arjun", "Arjun"),
        ("خالد يخفي سرًا عن زوجته", "خالد"),
        ("Grandma Rose wins the bake-off", "Grandma Rose"),
    ],
)
def test_people_the_prompt_names_keep_their_names(prompt: str, name: str) -> None:
    assert name in {guest.name for guest in compose(material(prompt, [])).guests}


@pytest.mark.parametrize("prompt", ["Night 16 in the tower", "Two sisters share a bakery", "The Great Bakery War"])
@pytest.mark.parametrize("size", [1, 2, 8])
def test_beside_a_cast_nobody_is_made_up(prompt: str, size: int) -> None:
    assert compose(material(prompt, CAST[:size])).guests == []


def test_each_clip_is_forty_to_ninety_words_of_its_own() -> None:
    for prompt in PROMPTS:
        for clips in (1, 3, 6):
            script = compose(material(prompt, clips=clips))
            assert all(40 <= len(c.description.split()) <= 90 for c in script.clips)
            assert len({c.scene for c in script.clips}) == min(clips, len(script.scenes))


def test_no_template_shows_through() -> None:
    for prompt in PROMPTS:
        for size in (0, 1, 2, 3, 8):
            text = compose(material(prompt, CAST[:size])).model_dump_json(exclude_defaults=True)
            plain = "".join(part for part in text.split('"')[1::2])
            assert "{" not in plain
            assert not re.search(r"\bNone\b(?! of)", plain)


def test_every_unit_of_every_bank_can_be_told() -> None:
    for family in (*FAMILIES, "common"):
        for unit in bank(family).units:
            assert all(len(line.split(": ", 1)) == 2 for line in unit.say)
            assert (unit.beat is Beat.CLIFFHANGER) == bool(unit.asks)
    assert all(len(choices) > 1 for choices in looks().light.values())
    assert set(Beat) <= {*manners().cutaways, Beat.CONFESSIONAL}


def test_a_prompt_that_asks_for_peace_gets_a_resolution() -> None:
    script = compose(material("Two sisters reconcile over a lost recipe book"))
    assert script.scenes[-1].beat is Beat.RESOLUTION
    assert script.open_question == ""


@pytest.mark.parametrize(
    ("hides", "mine", "told"),
    [
        ("she sold their mother's gold", "I sold our mother's gold", "Sahra sold their mother's gold"),
        ("that he lost his job", "I lost my job", "Sahra lost his job"),
        ("owes her brother money", "I owe my brother money", "Sahra owes her brother money"),
        ("she is afraid he knows her", "I am afraid he knows me", "Sahra is afraid he knows her"),
        (
            "a debt of 40,000 dollars",
            "I have been hiding a debt of 40,000 dollars",
            "Sahra has been hiding a debt of 40,000 dollars",
        ),
        (
            "sending money to a stranger",
            "I have been sending money to a stranger",
            "Sahra has been sending money to a stranger",
        ),
        ("sold the ring", "I sold the ring", "Sahra sold the ring"),
        ("shame", "I will say it once: “shame”", "Sahra has been hiding this: “shame”"),
    ],
)
def test_what_somebody_hides_is_said_in_both_persons(hides: str, mine: str, told: str) -> None:
    who = gender(hides) if gender(hides) != "they" else "she"
    clause = secret(hides, who)
    assert clause is not None
    assert clause.mine == mine
    assert clause.of("Sahra") == told


@pytest.mark.parametrize(
    ("wants", "mine"),
    [
        ("to keep her father's house", "I want to keep my father's house"),
        ("Win the competition", "I want to win the competition"),
        ("her mother's approval", "I want my mother's approval"),
        ("peace", "I want one thing, “peace”"),
    ],
)
def test_what_somebody_wants_is_said_in_the_first_person(wants: str, mine: str) -> None:
    clause = wish(wants, "she")
    assert clause is not None
    assert clause.mine == mine


@pytest.mark.parametrize(
    ("prompt", "family"),
    [
        (PROMPTS[0], "secret"),
        (PROMPTS[1], "competition"),
        (PROMPTS[2], "dating"),
        (PROMPTS[3], "house"),
        (PROMPTS[4], "makeover"),
        (PROMPTS[5], "business"),
        ("Best friends and a lie", "betrayal"),
    ],
)
def test_a_prompts_kind_is_read(prompt: str, family: str) -> None:
    assert read(prompt).family == family


def test_the_receipt_says_draft_and_counts_words() -> None:
    request = WriteRequest(instructions="Write it.", material=material(PROMPTS[0]))
    script, receipt = DraftWriter().write(request, Script)
    assert receipt.provider == "draft"
    assert receipt.model == DraftWriter().model == "draft-composer-1"
    assert receipt.usage.input_tokens > 100
    assert receipt.usage.output_tokens > 300
    assert spoken_seconds(script) <= 120


def test_a_script_in_the_material_is_handed_back_until_there_is_feedback() -> None:
    script = compose(material(PROMPTS[0]))
    held = {**material(PROMPTS[1]), "script": script.model_dump(mode="json")}
    assert DraftWriter().write(WriteRequest(instructions="", material=held), Script)[0] == script
    again, _ = DraftWriter().write(WriteRequest(instructions="", material=held, feedback=("Too long.",)), Script)
    assert again != script
