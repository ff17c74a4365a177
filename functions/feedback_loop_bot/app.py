"""feedback-loop-bot: what posts teach, by hook, length, aspect, hour and genre; and what to change, to be approved."""

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from studio.domain.approval import ContentHash
from studio.domain.base import Id, Instant, Value
from studio.domain.connection import NetworkName
from studio.domain.episode import ProviderName
from studio.domain.errors import FINAL, Invalid
from studio.domain.event_rows import zone_of
from studio.domain.learning import GuidanceWords, Learned, ProposalEvidence, guidance_problems, plain_guidance
from studio.domain.outcome import SUCCESS, Dimension, Outcome
from studio.entry import Studio, bot
from studio.generation.ports import WriteRequest
from studio.learning import Phrasing, ShowLearning, apply_proposal, learn_from
from studio.outcomes import OutcomeFinding, findings, read_outcomes, shows_of
from studio.writing import write_checked

PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")
MAX_OUTPUT_TOKENS = 2_048

NOTHING = "No post of the last {} days was measured. Publish, have performance-tracking-bot measure, and ask again."


class FeedbackRequest(Value):
    """Which posts to learn from. publish: apply one approved proposal, as does POST /projects/{id}/learning/apply."""

    project_id: Id | None = Field(default=None, description="One show; all of yours that have posts, where left out.")
    days: int = Field(default=90, ge=7, le=365, description="Posts that came out within so many days.")
    time_zone: str | None = Field(default=None, max_length=64, description="IANA, for hours of the day; UTC if not.")
    outcome: Outcome = Outcome.HELD
    network: NetworkName | None = None
    provider: ProviderName | None = None
    mode: Literal["draft", "publish"] = "draft"
    content_hash: ContentHash | None = None

    @model_validator(mode="after")
    def _applies_one_to_one(self) -> Self:
        if self.mode == "publish" and (self.project_id is None or self.content_hash is None):
            raise ValueError("to apply a proposal, give its content_hash and the project_id of its show")
        return self


class FeedbackReport(Value):
    """What worked. `success_means` says what is counted; shares are of groups of posts, never across networks.

    Nothing changes before a proposal is approved (POST /approvals) and applied. `genres` are of all your shows.
    """

    at: Instant
    since: Instant
    success: Outcome
    success_means: str
    shows: tuple[ShowLearning, ...] = ()
    genres: tuple[OutcomeFinding, ...] = ()
    applied: Learned | None = None
    notes: tuple[str, ...] = ()


def learn(request: FeedbackRequest, studio: Studio) -> FeedbackReport:
    """Learn from what was measured: which hooks, lengths, aspects and hours do better, and propose what to change.

    Too little to go by is said, with how much is missing. Proposals wait for approval, each with its evidence.
    """
    at = studio.clock()
    since = at - timedelta(days=request.days)
    report = FeedbackReport(at=at, since=since, success=request.outcome, success_means=SUCCESS[request.outcome])
    if request.mode == "publish":
        applied = apply_proposal(studio, request.project_id or "", request.content_hash or "")
        return report.model_copy(update={"applied": applied})
    try:
        zone = zone_of(request.time_zone)
    except ValueError as error:
        raise Invalid(f"The time zone {error}.", {"time_zone": str(error)}) from error
    asked = studio.projects.get(request.project_id) if request.project_id else None
    read = read_outcomes(studio, request.outcome, since, request.network)
    shows, notes = ([asked], []) if asked else shows_of(studio, read.posts)
    said: list[str] = []
    phrased = _phrasing(request.provider or studio.settings.provider, studio, said)
    learning = [
        learn_from(
            studio,
            show,
            [post for post in read.posts if post.episode.project_id == show.project_id],
            request.outcome,
            zone,
            phrased,
        )
        for show in shows
    ]
    nothing = [] if read.posts else [NOTHING.format(request.days)]
    return report.model_copy(
        update={
            "shows": tuple(learning),
            "genres": tuple(findings(read.posts, request.outcome, (Dimension.GENRE,), zone)),
            "notes": (*nothing, *read.notes, *notes, *said),
        }
    )


def _phrasing(provider: ProviderName, studio: Studio, said: list[str]) -> Phrasing:
    """Return what words guidance; where no writer can, the plain sentence does, and `said` tells why."""

    def phrased(evidence: ProposalEvidence) -> str:
        plain, group = plain_guidance(evidence), evidence.better.name
        request = WriteRequest(
            instructions=PROMPT,
            material={"plain": plain, "hook": group, "choices": {"text": [plain]}},
            max_output_tokens=MAX_OUTPUT_TOKENS,
        )
        try:
            answer = write_checked(
                studio.writer(provider, "feedback_loop"),
                request,
                GuidanceWords,
                lambda told: guidance_problems(told, plain, group),
            )
        except FINAL as error:
            said.append(f"The guidance is in plain words, because no writer could better them: {error}")
            return plain
        return answer.text

    return phrased


handler = bot(learn)
