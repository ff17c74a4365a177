"""lead-capture-bot: a form that is drafted, approved, hosted, and says how it does and what is missing."""

from typing import Any

import pytest

from functions.approvals import app as approvals
from functions.lead_capture_bot import app
from studio.capturing import CaptureReport
from studio.domain.capture import CaptureRequest, FormWords
from studio.domain.errors import BadAnswer, NotApproved, NotFound
from studio.domain.lead import FormCounts
from studio.domain.project import Brief
from studio.entry import Studio
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval
from tests.conftest import call, http_event
from tests.unit.made import AT, ListedWriter, stored
from tests.unit.memory import ADDRESS, MemoryAws

HOSTILE = "{from_name} <script>alert(1)</script>"


@pytest.fixture
def studio(aws: MemoryAws) -> Studio:
    studio = Studio.opened_for("amina")
    studio.clock = lambda: AT
    return studio


def drafted(studio: Studio, episode_id: str = "", **more: Any) -> CaptureReport:
    episode_id = episode_id or stored(studio).episode_id
    return app.capture_leads(CaptureRequest.model_validate({"episode_id": episode_id} | more), studio)


def published(studio: Studio, draft: CaptureReport) -> CaptureReport:
    told = {"content_hash": draft.content_hash}
    assert call(approvals.handler, http_event("POST", "/approvals", told, owner=studio.owner)).status == 200
    return drafted(studio, draft.episode_id, mode="publish", content_hash=draft.content_hash)


def test_a_draft_hosts_nothing_and_says_what_to_do(studio: Studio) -> None:
    report = drafted(studio)
    assert (report.url, report.version, report.open, report.approval) == (None, None, False, "waiting")
    assert studio.lead_forms.page(10, None) == ([], None)
    assert report.form.headline in {
        "“The Dinner” is not over",
        "What happens after “The Dinner”?",
        "What happens next?",
    }
    assert report.form.offer == "A short e-mail when the next episode of “Pilot” is out. Nothing else."
    assert report.form.consent.startswith("I agree that Pilot may send me e-mails about “Pilot”")
    assert report.rehearsal
    assert any("Approve the draft" in one for one in report.missing)
    assert any("privacy notice" in one for one in report.missing)


def test_nothing_is_hosted_unapproved(studio: Studio) -> None:
    report = drafted(studio)
    for content_hash in (report.content_hash, "0" * 64):
        with pytest.raises(NotApproved):
            drafted(studio, report.episode_id, mode="publish", content_hash=content_hash)
    assert studio.lead_forms.page(10, None) == ([], None)


def test_what_was_approved_is_hosted_under_one_code_however_often_it_changes(studio: Studio) -> None:
    first = published(studio, drafted(studio))
    again = drafted(studio, first.episode_id, mode="publish", content_hash=first.content_hash)
    assert (again.url, again.version) == (first.url, 1)
    assert first.url
    assert first.url.startswith(f"{ADDRESS}/forms/")
    second = published(studio, drafted(studio, first.episode_id, headline="Who read the letter?"))
    assert (second.url, second.version, second.form.headline) == (first.url, 2, "Who read the letter?")
    assert (second.approval, second.open) == ("used", True)


def test_a_form_that_was_closed_stays_closed_until_another_is_approved(studio: Studio) -> None:
    first = published(studio, drafted(studio))
    studio.lead_forms.change(first.episode_id, is_open=False)
    assert not drafted(studio, first.episode_id, mode="publish", content_hash=first.content_hash).open
    assert published(studio, drafted(studio, first.episode_id, headline="Another?")).open


def test_an_approval_of_another_episode_or_bot_hosts_nothing(studio: Studio) -> None:
    first = published(studio, drafted(studio))
    with pytest.raises(NotApproved):
        drafted(studio, mode="publish", content_hash=first.content_hash)


def test_words_of_the_owners_are_taken_as_they_are_and_ask_no_model(studio: Studio) -> None:
    studio.writers["gemini"] = ListedWriter([])
    mine = {"headline": HOSTILE, "offer": "A prize, 100 % free!", "consent": "I do.", "from_name": "Amina"}
    report = drafted(studio, provider="gemini", privacy_url="https://show.example/p", **mine)
    assert report.form.model_dump(include=set(mine)) == mine
    assert report.form.privacy_url == "https://show.example/p"
    assert not report.rehearsal


def test_a_model_may_not_promise_what_nobody_offered(studio: Studio) -> None:
    wrong = FormWords(headline="Win a free trip at www.evil.example", offer="10 mails and a discount.")
    good = FormWords(headline="Who read the letter?", offer="A mail when the next episode is out.")
    writer = studio.writers["gemini"] = ListedWriter([wrong, good])
    report = drafted(studio, provider="gemini")
    assert report.form.headline == good.headline
    said = " ".join(writer.calls[1].feedback)
    for problem in ("“win”", "“free”", "“discount”", "an address", "says 10"):
        assert problem in said
    # What amina asked is remembered; somebody else asks anew.
    other = Studio.opened_for("bilan")
    other.writers["gemini"] = ListedWriter([wrong] * 3)
    with pytest.raises(BadAnswer):
        drafted(other, provider="gemini")


@pytest.mark.parametrize(
    ("locale", "language", "note"), [("de-AT", "de", False), ("so-SO", "en", True), ("en", "en", False)]
)
def test_it_asks_in_the_shows_language_or_says_that_it_cannot(
    studio: Studio, locale: str, language: str, note: bool
) -> None:
    episode = stored(studio, brief=Brief(title="Pilot", locale=locale))
    report = drafted(studio, episode.episode_id)
    assert report.form.language == language
    assert any(locale in one for one in report.notes) is note


def test_long_titles_still_make_a_form(studio: Studio) -> None:
    episode = stored(studio, brief=Brief(title="A very long title of a show " * 5))
    report = drafted(studio, episode.episode_id)
    assert len(report.form.headline) <= 80
    assert len(report.form.from_name) <= 80


def test_counts_come_with_an_interval_and_none_come_with_what_it_takes(studio: Studio) -> None:
    report = published(studio, drafted(studio))
    assert report.confirm_rate == Insufficient(need=1, have=0, of="people who signed up")
    for what, times in (("shown", 40), ("asked", 8), ("confirmed", 6), ("unsubscribed", 1)):
        for _ in range(times):
            studio.lead_forms.count(report.episode_id, what)  # type: ignore[arg-type]
    report = drafted(studio, report.episode_id)
    assert report.counts == FormCounts(shown=40, asked=8, confirmed=6, unsubscribed=1)
    assert report.pending == 2
    assert isinstance(report.confirm_rate, Interval)
    assert (report.confirm_rate.estimate, report.confirm_rate.n) == (0.75, 8)
    assert 0.4 < report.confirm_rate.low < 0.5 < 0.9 < report.confirm_rate.high < 1


def test_without_a_sender_and_after_a_mail_that_failed_the_owner_is_told(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = published(studio, drafted(studio))
    assert not any("Mail is not set up" in one for one in report.missing)
    studio.lead_forms.note_mail(report.episode_id, "SES refused the mail (MessageRejected).")
    monkeypatch.setenv("MAIL_FROM", "")
    told = drafted(Studio.opened_for("amina"), report.episode_id).missing
    assert any("Mail is not set up" in one for one in told)
    assert "SES refused the mail (MessageRejected)." in told


def test_somebody_elses_episode_leads_nowhere(studio: Studio) -> None:
    episode_id = stored(studio).episode_id
    with pytest.raises(NotFound):
        drafted(Studio.opened_for("bilan"), episode_id)


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "publish"},
        {"content_hash": "0" * 64},
        {"headline": "x" * 81},
        {"headline": " "},
        {"privacy_url": "javascript:alert(1)"},
        {"consent": "x" * 1001},
        {"owner": "bilan"},
    ],
)
def test_what_is_no_request_is_refused(studio: Studio, body: dict[str, Any]) -> None:
    asked = {"episode_id": stored(studio).episode_id} | body
    assert call(app.handler, http_event("POST", "/functions/lead-capture-bot", asked)).status == 422
