"""What a judge is asked, and how often it is paid for."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from studio.domain.errors import BadAnswer
from studio.domain.realism import Mark, Verdict
from studio.domain.receipt import Receipt
from studio.domain.shot import Figure, Shot
from studio.entry import Settings, Studio
from studio.generation.catalogue import CHARS_PER_TOKEN, REFERENCE_TOKENS, price
from studio.generation.draft.judge import DraftJudge
from studio.generation.ports import Judgement, JudgeRequest, Reference
from studio.judging import judge_picture, judge_request
from studio.purchases import BoughtJudge
from studio.shots import Staged
from tests.conftest import Clock
from tests.unit.made import AT, ListedJudge, a_picture, an_owner, stored

SHOT = Shot(
    scene=3,
    number=2,
    heading="INT. KITCHEN - NIGHT",
    description="Hodan drops a plate.",
    people=(Figure(name="Hodan", age=29, hair="short curls"),),
    mood="tense",
)


@pytest.fixture
def studio(cloud: None) -> Studio:
    settings = replace(Settings.from_environment(), text_rate=0)
    return Studio(an_owner(), settings, take=1, clock=Clock(), judges={"gemini": ListedJudge()})


def a_reference(name: str = "Hodan", data: bytes = b"face", sha256: str = "aa") -> Reference:
    return Reference(name=name, data=data, media_type="image/png", sha256=sha256)


def asked(picture: bytes = b"", *, photorealistic: bool = False, references: Any = ()) -> JudgeRequest:
    return judge_request(picture or a_picture(), Staged(SHOT, tuple(references), ""), photorealistic=photorealistic)


def judge_of(studio: Studio) -> BoughtJudge:
    return studio.judge("gemini", "judge_clip", stored(studio, provider="gemini"), 1)


def test_the_judge_is_told_who_is_there_what_happens_and_how_it_is_framed() -> None:
    assert asked().material == {
        "set": "INT. KITCHEN - NIGHT",
        "people in the frame": [{"name": "Hodan", "age": 29, "hair": "short curls"}],
        "what happens": "Hodan drops a plate.",
        "framing": "medium, camera at eye level",
        "mood": "tense",
    }
    assert (asked().take, asked(a_picture("JPEG")).media_type) == (1, "image/jpeg")


def test_the_light_and_the_look_that_were_asked_for_are_judged_by_too() -> None:
    lit = SHOT.model_copy(update={"light": "One lamp.", "look": "Amber."})
    told = judge_request(a_picture(), Staged(lit, (), ""), photorealistic=False).material
    assert (told["light"], told["look"]) == ("One lamp.", "Amber.")


def test_a_judgement_is_bought_anew_where_anything_about_it_differs(studio: Studio) -> None:
    judge, port = judge_of(studio), studio.judges["gemini"]
    differing = [
        asked(),
        asked(a_picture(shade=9)),
        asked(photorealistic=True),
        asked(references=[a_reference()]),
        asked(references=[a_reference(sha256="bb")]),
        asked(references=[a_reference("Bile")]),
        asked().model_copy(update={"material": {"set": "EXT. ROOF - DAWN"}}),
        asked().model_copy(update={"instructions": "Another rubric."}),
        asked().model_copy(update={"feedback": ("light: missing.",)}),
        asked().model_copy(update={"take": 2}),
    ]
    for request in (*differing, *differing):
        judge.judge(request)
    assert isinstance(port, ListedJudge)
    assert len(port.calls) == len(differing)


def test_a_picture_is_known_by_its_sum_and_not_read_again(studio: Studio) -> None:
    judge, port = judge_of(studio), studio.judges["gemini"]
    judge.judge(asked(references=[a_reference()]))
    judge.judge(asked(references=[a_reference(data=b"not read")]).model_copy(update={"picture": b"not read either"}))
    assert isinstance(port, ListedJudge)
    assert len(port.calls) == 1


def test_what_was_judged_is_read_back_as_it_was(studio: Studio) -> None:
    studio.judges["gemini"] = ListedJudge([{"hands": None, "light": 2}])
    judge = judge_of(studio)
    assert judge.judge(asked()) == judge.judge(asked())


def test_what_may_be_charged_is_reserved_pictures_included(studio: Studio) -> None:
    flash = price("gemini-3.8-flash", AT.date())
    judge_of(studio).judge(asked(references=[a_reference(), a_reference("Bile", sha256="bb")]))
    [spend] = studio.ledger.page("2026-11", 5, None)[0]
    pictures = flash.estimate_text(3 * REFERENCE_TOKENS * CHARS_PER_TOKEN, 4096)
    assert pictures < spend.reserved < 2 * pictures
    assert (spend.model, spend.purpose, spend.clip) == ("gemini-3.8-flash", "judge_clip", 1)
    assert 0 < spend.cost < spend.reserved


def test_an_answer_that_was_no_use_is_paid_for_and_not_remembered(studio: Studio) -> None:
    useless = BadAnswer("Not JSON.")
    useless.receipt = Receipt(provider="gemini", model="gemini-3.8-flash")
    studio.judges["gemini"] = ListedJudge([useless, 3])
    verdict = judge_picture(judge_of(studio), a_picture(), Staged(SHOT, (), ""), photorealistic=False)
    assert verdict.overall == 3
    assert [spend.status for spend in studio.ledger.page("2026-11", 5, None)[0]] == ["settled"] * 2


def test_a_rehearsal_invents_no_scores() -> None:
    judgement, receipt = DraftJudge().judge(asked())
    assert judgement == Judgement(rehearsal=True, note="A rehearsal frame: nobody judged it, so it has no scores.")
    assert (receipt.provider, receipt.usage.output_tokens) == ("draft", 0)
    assert price(DraftJudge().model, date(2026, 11, 1)).cost(receipt.usage) == 0


def test_marks_become_a_verdict(studio: Studio) -> None:
    studio.judges["gemini"] = ListedJudge([{"hands": 1}])
    verdict = judge_picture(judge_of(studio), a_picture(), Staged(SHOT, (), ""), photorealistic=False)
    assert isinstance(verdict, Verdict)
    assert verdict.weakest == Mark(criterion="hands", reason="As one sees.", score=1)
    assert verdict.overall == 2.83


@pytest.mark.parametrize(
    ("settings", "model"),
    [
        ({}, "gemini-3.8-flash"),
        ({"text_model": "gemini-3.5-flash-lite"}, "gemini-3.5-flash-lite"),
        ({"text_model": "gemini-3.5-flash-lite", "judge_model": "gemini-3.1-pro-preview"}, "gemini-3.1-pro-preview"),
    ],
)
def test_the_judge_is_the_text_model_where_nothing_else_is_set(
    studio: Studio, settings: dict[str, str], model: str
) -> None:
    studio.settings = replace(studio.settings, **settings)
    studio.judges.clear()
    assert judge_of(studio).model == model
    assert studio.judge("draft", "judge_clip", stored(studio), 1).model == "draft-judge-1"


def test_a_judge_is_opened_only_when_something_must_be_bought(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    judge_of(studio).judge(asked())
    again = Studio(studio.owner, studio.settings, take=1, clock=Clock())
    monkeypatch.setattr(again, "_open_judge", lambda *_: pytest.fail("it was remembered"))
    episode = studio.episodes.page(1, None)[0][0]
    assert again.judge("gemini", "realism_audit", episode, 1).judge(asked()).marks
