"""/admin: what everybody spends, and the caps of each. Only those in the user pool's group `admin` find it."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import Field

from studio.domain.base import Instant, Value
from studio.domain.money import micros, usd
from studio.entry import Studio, api, resolver
from studio.entry.http import ADMIN, Caller, Cursor, Limit, Month
from studio.store import keys
from studio.store.budgets import Budgets
from studio.store.ledger import Caps

app = resolver()

Owner = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$", description="The `sub` of their account.")]
Dollars = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class OwnerCaps(Value):
    """The most an owner may spend, in US dollars. `set_by` and `set_at` are null for the stack's defaults."""

    owner: str
    month_usd: float
    episode_usd: float
    set_by: str | None
    set_at: Instant | None


class NewCaps(Value):
    """Both caps, in US dollars; 0 lets an owner rehearse and nothing else."""

    month_usd: Dollars
    episode_usd: Dollars


class OwnerSpending(Value):
    """An owner's month, in US dollars. `committed_usd` is spent plus what calls under way may still cost."""

    owner: str
    spent_usd: float
    committed_usd: float
    cap_usd: float


class EverybodysTotals(Value):
    """All owners together."""

    owners: int
    spent_usd: float
    committed_usd: float


class EverybodysSpending(Value):
    """A month, owner by owner, up to a moment old. `totals` come with the first page; null on those after it."""

    month: str
    totals: EverybodysTotals | None
    items: list[OwnerSpending]
    cursor: str | None


@app.get("/admin/spending", tags=["admin"])
def read_everybodys_spending(
    studio: Caller, month: Month = None, limit: Limit = 50, cursor: Cursor = None
) -> EverybodysSpending:
    """List what every owner has spent in a month, with their caps. 404 for everybody but administrators."""
    month = month or keys.month(studio.clock())
    budgets = Budgets(studio.client("dynamodb"), studio.settings.table, studio.default_caps)
    owners, following = budgets.page(month, limit, cursor)
    totals = None
    if cursor is None:
        count, spent, committed = budgets.total(month)
        totals = EverybodysTotals(owners=count, spent_usd=usd(spent), committed_usd=usd(committed))
    items = [
        OwnerSpending(
            owner=row.owner,
            spent_usd=usd(row.spent),
            committed_usd=usd(row.committed),
            cap_usd=usd(row.caps.month),
        )
        for row in owners
    ]
    return EverybodysSpending(month=month, totals=totals, items=items, cursor=following)


@app.get("/admin/owners/<owner>/caps", tags=["admin"])
def read_caps(owner: Owner, studio: Caller) -> OwnerCaps:
    """Read an owner's caps. 404 for everybody but administrators."""
    return _told(_of(owner, studio))


@app.put("/admin/owners/<owner>/caps", tags=["admin"])
def set_caps(owner: Owner, caps: Annotated[NewCaps, Body()], studio: Caller) -> OwnerCaps:
    """Set an owner's caps. They hold for every call that is started afterwards; what was spent stays spent.

    404 for everybody but administrators.
    """
    theirs = _of(owner, studio)
    theirs.ledger.set_caps(
        Caps(micros(str(caps.month_usd)), micros(str(caps.episode_usd)), studio.owner, studio.clock())
    )
    return _told(theirs)


@app.delete("/admin/owners/<owner>/caps", tags=["admin"], status_code=204)
def clear_caps(owner: Owner, studio: Caller) -> Response[None]:
    """Give an owner the stack's default caps again. 404 for everybody but administrators."""
    _of(owner, studio).ledger.clear_caps()
    return Response(204)


def _of(owner: str, studio: Studio) -> Studio:
    return Studio(owner, studio.settings)


def _told(studio: Studio) -> OwnerCaps:
    caps = studio.ledger.caps
    return OwnerCaps(
        owner=studio.owner,
        month_usd=usd(caps.month),
        episode_usd=usd(caps.episode),
        set_by=caps.set_by or None,
        set_at=caps.set_at,
    )


handler = api(app, group=ADMIN)
