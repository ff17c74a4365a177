"""Money as its owner sees it: quotes before anything is made, bills beside them, and every line of the ledger."""

from typing import Annotated, Self

from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field, model_validator

from studio.domain.base import Id, Instant, Prompt, Value
from studio.domain.episode import MAX_CLIPS, Episode, Pipeline, ProviderName
from studio.domain.money import usd
from studio.domain.pipeline import STAGES
from studio.domain.project import Brief
from studio.domain.spend import BillLine, Quote, QuoteLine, Rates, Spend
from studio.entry import Studio, api, resolver
from studio.entry.http import Caller, Cursor, Limit, Month, PathId
from studio.quotes import JUDGE_CLIP, RENDER_CLIP, expected
from studio.store import keys

app = resolver()

MAX_PROMPT = 8000
ORDER = (*STAGES, RENDER_CLIP, JUDGE_CLIP)


class CapsLeft(Value):
    """The owner's caps in US dollars, and what is left of them. `episode_left_usd` is the whole cap for a new one."""

    month_cap_usd: float
    month_left_usd: float
    episode_cap_usd: float
    episode_left_usd: float


class QuotedStep(Value):
    """What a step, or a step for one clip, will cost, in US dollars.

    `calls` are those expected, so there may be a fraction. `price_date` is since when the model costs what it costs.
    """

    step: str
    clip: int | None
    calls: float
    calls_at_most: int
    model: str
    price_date: str
    expected_usd: float
    at_most_usd: float


class CostQuote(Value):
    """What work will cost before it is begun. `sources` says where the figures behind it come from.

    `at_most_usd` counts two repairs of every text and every take a clip may have. It may pass what is left of the
    caps; then the caps hold, and what they stop can be taken up again.
    """

    provider: ProviderName
    lines: list[QuotedStep]
    expected_usd: float
    at_most_usd: float
    caps: CapsLeft
    sources: tuple[str, ...]


class QuoteRequest(Value):
    """An episode that might be made. Its prompt, or how long that will be, in characters."""

    prompt: Prompt | None = None
    prompt_length: int | None = Field(default=None, ge=1, le=MAX_PROMPT)
    project_id: Id | None = None
    clips: int = Field(default=3, ge=1, le=MAX_CLIPS)
    pipeline: Pipeline = Pipeline.QUICK
    provider: ProviderName | None = Field(default=None, description="The stack's, where left out.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.prompt is None) == (self.prompt_length is None):
            raise ValueError("give either the prompt, or its prompt_length in characters")
        return self


class BilledStep(Value):
    """A step, or its work on one clip: what it was quoted at and what it has cost, in US dollars.

    The quotes are null for what was not quoted before it was made. `provider`, `model` and `price_date` are the last
    call's.
    """

    step: str
    clip: int | None
    calls: int
    quoted_expected_usd: float | None
    quoted_at_most_usd: float | None
    spent_usd: float
    input_tokens: int
    output_tokens: int
    images: int
    provider: str | None
    model: str | None
    price_date: str | None


class EpisodeBill(Value):
    """Quote and bill side by side. `committed_usd` is spent plus what calls under way may still cost."""

    episode_id: Id
    lines: list[BilledStep]
    quoted_expected_usd: float
    quoted_at_most_usd: float
    spent_usd: float
    committed_usd: float
    price_dates: list[str]
    caps: CapsLeft


class UnitPrices(Value):
    """US dollars: per million tokens in, out and of pictures, per picture, and per second of film."""

    input_million: float
    output_million: float
    image_tokens_million: float | None
    image: float
    video_second: float


class LedgerLine(Value):
    """One call: what for, to whom, what it used, what was reserved for it and what it cost, in US dollars.

    `output_tokens` are all tokens out, `image_tokens` those of them that are pictures. `prices` were valid from
    `price_date` on; null on lines from before they were kept.
    """

    spend_id: Id
    purpose: str
    episode_id: str
    clip: int | None
    status: str
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    image_tokens: int
    images: int
    reserved_usd: float
    cost_usd: float
    price_date: str
    prices: UnitPrices | None
    note: str
    created_at: Instant
    settled_at: Instant | None


class MonthlySpending(Value):
    """A UTC month: totals, the owner's cap, and every call of it, newest first."""

    month: str
    spent_usd: float
    committed_usd: float
    cap_usd: float
    items: list[LedgerLine]
    cursor: str | None


@app.get("/episodes/<episode_id>/bill", tags=["spending"])
def read_bill(episode_id: PathId, studio: Caller) -> EpisodeBill:
    """Read what an episode was quoted at and has cost, by step and clip."""
    episode = studio.episodes.get(episode_id)
    lines = sorted(studio.ledger.bill(episode_id), key=_in_order)
    return EpisodeBill(
        episode_id=episode_id,
        lines=[_billed(line) for line in lines],
        quoted_expected_usd=usd(sum(line.quoted_expected or 0 for line in lines)),
        quoted_at_most_usd=usd(sum(line.quoted_at_most or 0 for line in lines)),
        spent_usd=usd(episode.spent),
        committed_usd=usd(episode.committed),
        price_dates=sorted({line.price_date for line in lines if line.price_date}),
        caps=_caps_left(studio, episode.committed),
    )


@app.get("/episodes/<episode_id>/quote", tags=["spending"])
def read_quote(episode_id: PathId, studio: Caller) -> CostQuote:
    """Read what taking an episode up again would cost. What is done, and still fits, costs nothing."""
    episode = studio.episodes.get(episode_id)
    return _told(studio.quote(episode.provider, studio.remaining(episode)), episode.provider, studio, episode)


@app.post("/quotes", tags=["spending"])
def make_quote(request: Annotated[QuoteRequest, Body()], studio: Caller) -> CostQuote:
    """Quote an episode before anything is made. Nothing is bought, and nothing is kept of it."""
    brief = studio.projects.get(request.project_id).brief if request.project_id else Brief(title="Pilot")
    provider = request.provider or studio.settings.provider
    length = request.prompt_length if request.prompt is None else len(request.prompt)
    plan = studio.plan(request.pipeline, brief, clips=request.clips, prompt_chars=length or 0)
    return _told(studio.quote(provider, plan), provider, studio)


@app.get("/spending", tags=["spending"])
def read_spending(studio: Caller, month: Month = None, limit: Limit = 50, cursor: Cursor = None) -> MonthlySpending:
    """List every call of a month, with its price and what it cost, and the month's totals."""
    month = month or keys.month(studio.clock())
    entries, following = studio.ledger.page(month, limit, cursor)
    totals = studio.ledger.totals(month)
    return MonthlySpending(
        month=month,
        spent_usd=usd(totals["spent"]),
        committed_usd=usd(totals["committed"]),
        cap_usd=usd(totals["cap"]),
        items=[_ledger_line(entry) for entry in entries],
        cursor=following,
    )


def _told(quote: Quote, provider: ProviderName, studio: Studio, episode: Episode | None = None) -> CostQuote:
    return CostQuote(
        provider=provider,
        lines=[_quoted(line) for line in quote.lines],
        expected_usd=usd(quote.expected),
        at_most_usd=usd(quote.at_most),
        caps=_caps_left(studio, episode.committed if episode else 0),
        sources=expected().sources,
    )


def _caps_left(studio: Studio, committed: int) -> CapsLeft:
    caps, month = studio.ledger.caps, studio.ledger.month(studio.clock())
    return CapsLeft(
        month_cap_usd=usd(caps.month),
        month_left_usd=usd(max(0, caps.month - month["committed"])),
        episode_cap_usd=usd(caps.episode),
        episode_left_usd=usd(max(0, caps.episode - committed)),
    )


def _quoted(line: QuoteLine) -> QuotedStep:
    return QuotedStep(
        step=line.step,
        clip=line.clip,
        calls=line.calls,
        calls_at_most=line.calls_at_most,
        model=line.model,
        price_date=line.price_date,
        expected_usd=usd(line.expected),
        at_most_usd=usd(line.at_most),
    )


def _in_order(line: BillLine) -> tuple[int, int, int, str]:
    """Return a line's place: in the order of the work, clip by clip, and what else there is at the end."""
    place = ORDER.index(line.purpose) if line.purpose in ORDER else len(ORDER)
    return (0, place, 0, line.purpose) if line.clip is None else (1, line.clip, place, line.purpose)


def _billed(line: BillLine) -> BilledStep:
    return BilledStep(
        step=line.purpose,
        clip=line.clip,
        calls=line.calls,
        quoted_expected_usd=None if line.quoted_expected is None else usd(line.quoted_expected),
        quoted_at_most_usd=None if line.quoted_at_most is None else usd(line.quoted_at_most),
        spent_usd=usd(line.spent),
        input_tokens=line.input_tokens,
        output_tokens=line.output_tokens,
        images=line.images,
        provider=line.provider or None,
        model=line.model or None,
        price_date=line.price_date or None,
    )


def _ledger_line(entry: Spend) -> LedgerLine:
    kept = {"reserved", "cost", "rates", "digest", "month"}
    return LedgerLine(
        **{name: value for name, value in entry.model_dump(exclude=kept).items() if name in LedgerLine.model_fields},
        reserved_usd=usd(entry.reserved),
        cost_usd=usd(entry.cost),
        prices=None if entry.rates is None else _prices(entry.rates),
    )


def _prices(rates: Rates) -> UnitPrices:
    return UnitPrices(**rates.model_dump())


handler = api(app)
