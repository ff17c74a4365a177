"""lead-capture-bot: an episode's form that asks for an address, as it would be, as it is hosted, and how it does."""

from pathlib import Path

from pydantic import JsonValue

from studio.capturing import CaptureReport, confirm_rate
from studio.craft.asking import AskingWords, asking
from studio.domain.approval import Approval, ContentKind
from studio.domain.capture import MOST_HEADLINE, CaptureRequest, FormWords, words_problems
from studio.domain.episode import Episode
from studio.domain.errors import Conflict, NotApproved
from studio.domain.lead import FormCounts, LeadForm, PublishedForm
from studio.domain.paper import NO_SCRIPT
from studio.domain.script import Script
from studio.entry import Studio, bot
from studio.generation.ports import WriteRequest
from studio.mail import NOT_SET_UP
from studio.writing import write_checked

PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")
BOT = "lead-capture-bot"
MAX_OUTPUT_TOKENS = 4_096

REHEARSED = "A rehearsal's words are plain ones. Better them, or have a model write them, before you approve."
NO_NOTICE = "The form links no privacy notice. Many places ask for one: give privacy_url."
NOT_HOSTED = "Approve the draft (POST /approvals), then publish it with its content_hash."
OTHER_LANGUAGE = "There are no words for the language “{}” here, so the form and its mails are in English."


def capture_leads(request: CaptureRequest, studio: Studio) -> CaptureReport:
    """Draft an episode's sign-up form, host it once it is approved, and tell how it does.

    Who signs up is mailed first and is on the list only when they have confirmed, with a record of what they agreed to.
    """
    episode = studio.episodes.get(request.episode_id)
    if request.content_hash is not None:
        return _published(request.content_hash, episode, studio)
    script = studio.episodes.paper(episode.episode_id).script
    if script is None:
        raise Conflict(NO_SCRIPT)
    form = _drafted(request, episode, script, studio)
    waiting = studio.approvals.ask(
        ContentKind.POST,
        form,
        bot=BOT,
        summary=f"A form: “{form.headline}”",
        at=studio.clock(),
        episode_id=episode.episode_id,
    )
    asked_nobody = request.headline is not None and request.offer is not None
    rehearsal = not asked_nobody and (request.provider or episode.provider) == "draft"
    return _report("draft", form, waiting, studio, episode, rehearsal=rehearsal)


def _drafted(request: CaptureRequest, episode: Episode, script: Script, studio: Studio) -> LeadForm:
    language, words = asking(episode.brief.locale)
    from_name = request.from_name or episode.brief.title[:80].strip()
    names = {"show": episode.brief.title, "title": script.title, "from_name": from_name}
    headline, offer = request.headline, request.offer
    if headline is None or offer is None:
        written = _written(request, episode, script, words, names, studio)
        headline, offer = headline or written.headline, offer or written.offer
    return LeadForm(
        episode_id=episode.episode_id,
        language=language,
        headline=headline,
        offer=offer,
        consent=request.consent or words.consent.format_map(names),
        from_name=from_name,
        privacy_url=request.privacy_url,
    )


def _written(
    request: CaptureRequest, episode: Episode, script: Script, words: AskingWords, names: dict[str, str], studio: Studio
) -> FormWords:
    provider = request.provider or episode.provider
    given: dict[str, JsonValue] = {name: getattr(request, name) or "" for name in ("headline", "offer")}
    told: dict[str, JsonValue] = {"show": episode.brief.title, "title": script.title, "synopsis": script.synopsis}
    told |= {"open_question": script.open_question, "locale": episode.brief.locale, "given": given}
    plain: dict[str, JsonValue] = {
        "headline": [line for line in (one.format_map(names) for one in words.headlines) if len(line) <= MOST_HEADLINE],
        "offer": [line.format_map(names) for line in words.offers],
    }
    material = {"choices": plain} if provider == "draft" else told | {"choices": plain}
    said = "\n".join(str(one) for one in (*told.values(), *names.values()))
    return write_checked(
        studio.writer(provider, "lead_capture", episode),
        WriteRequest(instructions=PROMPT, material=material, max_output_tokens=MAX_OUTPUT_TOKENS),
        FormWords,
        lambda answer: words_problems(answer, said, words.promises),
    )


def _published(approved_hash: str, episode: Episode, studio: Studio) -> CaptureReport:
    approval = studio.approvals.approved(approved_hash, ContentKind.POST, studio.clock())
    if approval.bot != BOT or approval.episode_id != episode.episode_id:
        raise NotApproved("What was approved under this hash is something else. Draft the form of this episode first.")
    form = LeadForm.model_validate(approval.content)
    studio.approvals.use(approval, studio.clock())
    studio.lead_forms.publish(form, studio.clock())
    return _report("publish", form, studio.approvals.get(approved_hash), studio, episode, rehearsal=False)


def _report(
    mode: str, form: LeadForm, approval: Approval, studio: Studio, episode: Episode, *, rehearsal: bool
) -> CaptureReport:
    hosted: PublishedForm | None = studio.lead_forms.find(episode.episode_id)
    counts = hosted.counts if hosted else FormCounts()
    missing = (
        "" if studio.mailer.is_set_up else NOT_SET_UP,
        hosted.mail_problem if hosted else "",
        "" if form.privacy_url else NO_NOTICE,
        "" if hosted and hosted.form == form else NOT_HOSTED,
    )
    english = form.language != episode.brief.locale.partition("-")[0]
    notes = (REHEARSED if rehearsal else "", OTHER_LANGUAGE.format(episode.brief.locale) if english else "")
    return CaptureReport(
        episode_id=episode.episode_id,
        mode=mode,
        form=form,
        consent_hash=form.consent_hash,
        version=hosted.version if hosted else None,
        url=f"{studio.address}/forms/{hosted.code}" if hosted else None,
        open=hosted is not None and hosted.open,
        counts=counts,
        pending=max(0, counts.asked - counts.confirmed),
        confirm_rate=confirm_rate(counts),
        content_hash=approval.content_hash,
        approval=approval.status,
        missing=tuple(one for one in missing if one),
        notes=tuple(note for note in notes if note),
        rehearsal=rehearsal,
    )


handler = bot(capture_leads)
