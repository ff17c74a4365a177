"""The words of a post: hashtags, disclosures, and what may not be in them."""

from typing import Any

import pytest

from studio.domain.connection import NetworkName
from studio.domain.disclosure import ai_line, paid_line, says_ai, says_paid
from studio.domain.post_words import (
    MANNERS,
    PostWords,
    composed,
    hashtags,
    material,
    plain_caption,
    plain_tags,
    words_problems,
)
from studio.domain.posting import Declarations
from studio.domain.project import Brief
from tests.unit.made import a_script

N = NetworkName
BRIEF = Brief(title="Say Walahi")


def words(caption: str = "Who moved it?", *tags: str) -> PostWords:
    return PostWords.model_validate(
        {"title": "The Dinner", "caption": caption, "tags": [{"word": tag} for tag in tags or ("Say Walahi",)]}
    )


@pytest.mark.parametrize(
    ("tags", "written"),
    [
        (["reality TV", "Reality tv"], ["RealityTV"]),
        (["#drama", "2026", "!!!"], ["drama"]),
        (["घर का खाना"], ["घरकाखाना"]),
        (["عشاء عائلي"], ["عشاءعائلي"]),
        (["Zahra’s letter"], ["ZahraSLetter"]),
    ],
)
def test_tags_become_words_that_networks_link(tags: list[str], written: list[str]) -> None:
    assert hashtags(tags) == written


@pytest.mark.parametrize("network", [N.X, N.TIKTOK, N.INSTAGRAM, N.YOUTUBE])
@pytest.mark.parametrize("clips", [1, 3, 6])
def test_the_plain_words_keep_every_rule(network: NetworkName, clips: int) -> None:
    script = a_script(clips)
    caption = plain_caption(network, script, None)
    plain = words(caption, *plain_tags(script, BRIEF))
    assert words_problems(plain, network, script) == []
    assert len(caption) <= MANNERS[network].room


def test_a_long_title_is_offered_as_every_network_takes_it() -> None:
    told = material(N.TIKTOK, a_script(title="word " * 30), BRIEF, None, [], photos=True)
    choices: Any = told["choices"]
    assert len(choices["title"][0]) <= 80


def test_plain_words_end_where_the_room_does() -> None:
    script = a_script(synopsis="word " * 700)
    assert len(plain_caption(N.YOUTUBE, script, None)) <= MANNERS[N.YOUTUBE].room


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("See https://shop.example", "link"),
        ("See www.shop.example", "link"),
        ("Thanks to @somebody", "mentions"),
        ("So #viral", "hashtags"),
        ("long " * 200, "characters"),
    ],
)
def test_what_nobody_asked_for_is_not_in_a_caption(caption: str, said: str) -> None:
    assert any(said in problem for problem in words_problems(words(caption), N.X, a_script()))


def test_an_address_of_a_person_is_no_mention() -> None:
    assert words_problems(words("Write to show@example.com"), N.X, a_script()) == []


@pytest.mark.parametrize("language", ["en", "de", "pt-BR", "ar", "so", "hi", "ja", "tr"])
def test_a_disclosure_is_known_again_in_every_language_it_is_made_in(language: str) -> None:
    assert says_ai(ai_line(language))
    assert says_paid(paid_line(language))


@pytest.mark.parametrize(
    "text", ["She said it again.", "Ai and Ki have paella", "ia, ai: a maid in a Kia", "Mad at us"]
)
def test_what_only_looks_like_a_disclosure_is_none(text: str) -> None:
    assert not says_paid(text)
    assert not says_ai(text)


def test_who_pays_is_said_first_and_ai_where_there_is_no_mark() -> None:
    paid = Declarations(paid_partnership=True)
    assert composed(words(), N.INSTAGRAM, paid, "en", photos=False).startswith("Paid partnership.\n")
    assert not says_paid(composed(words(), N.TIKTOK, paid, "en", photos=False))
    assert says_ai(composed(words(), N.TIKTOK, Declarations(), "de", photos=True))
    assert not says_ai(composed(words(), N.TIKTOK, Declarations(), "en", photos=False))
    assert not says_ai(composed(words(), N.TIKTOK, Declarations(ai_generated=False), "en", photos=True))
