"""trend-detection-bot: what people start to talk about, how fast, with the evidence, and why it suits a show."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints

from studio import trends
from studio.domain.base import Id, Instant, Value
from studio.domain.episode import ProviderName
from studio.domain.errors import StudioError, Unavailable
from studio.domain.project import Brief
from studio.domain.topics import Topic
from studio.domain.trend_fit import MOST, FitAnswer, TopicFit, fit_problems, shown
from studio.entry import Studio, bot
from studio.entry.context import SYSTEM
from studio.generation.ports import WriteRequest
from studio.listening import SourceStatus
from studio.trends import Trend
from studio.writing import write_checked

PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")
MAX_OUTPUT_TOKENS = 4_096
MOST_ASIDE = 10
REHEARSED = "A rehearsal read nothing: why a topic suits the show is a plain pattern, and only its place is measured."

Region = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Subreddit = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{2,21}$")]


class TrendRequest(Value):
    """Where to listen, and for which show."""

    project_id: Id | None = Field(default=None, description="A show of yours: then it is said why a topic suits it.")
    regions: tuple[Region, ...] | None = Field(
        default=None, min_length=1, max_length=5, description="Countries, ISO 3166-1. The show's, where left out."
    )
    subreddits: tuple[Subreddit, ...] | None = Field(
        default=None, max_length=10, description="r/popular, where left out."
    )
    limit: int = Field(default=20, ge=1, le=50)
    include_sensitive: bool = Field(
        default=False, description="Rank what looks like news of death or violence with the rest."
    )
    provider: ProviderName | None = Field(default=None, description="Who says why; the stack's, where left out.")


class TrendReport(Value):
    """Topics, hottest first; `why` is empty where nobody was asked, and `notes` then says why.

    `stored`: no source answered, and this is what was seen at `as_of`, `age_hours` ago. `set_aside` looks like news of
    death or violence, and is no suggestion. `sources`: what came of asking each.
    """

    as_of: Instant | None
    age_hours: float
    stored: bool
    regions: tuple[str, ...]
    topics: tuple[Trend, ...]
    set_aside: tuple[Trend, ...]
    sources: tuple[SourceStatus, ...]
    notes: tuple[str, ...]


def detect_trends(request: TrendRequest, studio: Studio) -> TrendReport:
    """Find what people start to talk about in up to five countries, and why it suits your show.

    Google Trends, YouTube's charts and Reddit are asked, as far as they are set up. What was seen is kept, so that
    growth can be told from size; until there is enough of it, velocity says how much is missing.
    """
    brief = studio.projects.get(request.project_id).brief if request.project_id else None
    regions = tuple(dict.fromkeys(request.regions or trends.regions_for(brief)))
    subreddits = tuple(dict.fromkeys(request.subreddits if request.subreddits is not None else trends.SUBREDDITS))
    seen = trends.look(studio, regions, subreddits)
    if studio.owner == SYSTEM and seen.stored:
        # Nobody reads this run's answer: raised, it is tried again, and then heard of among the dead letters.
        raise Unavailable("No source of trends answered: " + " ".join(status.sentence for status in seen.sources))
    aside = {heat.topic.key for heat in seen.sensitive}
    found = seen.suggested + (seen.sensitive if request.include_sensitive else [])
    found = sorted(found, key=lambda heat: (-heat.score, heat.topic.key))[: request.limit]
    fits: dict[str, TopicFit] = {}
    note = ""
    if brief is not None:
        # Why grief would suit a show is not asked.
        harmless = [heat.topic for heat in found if heat.topic.key not in aside]
        fits, note = _reasons(harmless[:MOST], brief, request.provider or studio.settings.provider, studio)
    return TrendReport(
        as_of=seen.as_of,
        age_hours=seen.age_hours,
        stored=seen.stored,
        regions=regions,
        topics=tuple(
            trends.told(heat, rank, fits.get(heat.topic.title), sensitive=heat.topic.key in aside)
            for rank, heat in enumerate(found, 1)
        ),
        set_aside=tuple(
            trends.told(heat, rank, sensitive=True)
            for rank, heat in enumerate([] if request.include_sensitive else seen.sensitive[:MOST_ASIDE], 1)
        ),
        sources=seen.sources,
        notes=(*seen.notes, *([note] if note else [])),
    )


def _reasons(
    topics: Sequence[Topic], brief: Brief, provider: ProviderName, studio: Studio
) -> tuple[dict[str, TopicFit], str]:
    """Return why each topic suits the show, by its title, and a note for who reads it; nothing, and why not."""
    listed = shown(list({topic.title: topic for topic in topics}.values()), brief)
    if not listed:
        return {}, ""
    told: list[JsonValue] = [dict(entry) for entry in listed]
    request = WriteRequest(
        instructions=PROMPT,
        material={"project": brief.model_dump(mode="json"), "fits": told},
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )
    try:
        writer = studio.writer(provider, "trend-detection-bot")
        answer = write_checked(writer, request, FitAnswer, lambda said: fit_problems(said, listed))
    except StudioError as error:
        return {}, f"Why they suit the show could not be said: {error}"
    return {fit.topic: fit for fit in answer.fits}, REHEARSED if provider == "draft" else ""


handler = bot(detect_trends)
