"""What orchestrator-bot is asked, and what it tells."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from studio.domain.base import Id, Prompt, Value
from studio.domain.episode import ProviderName
from studio.domain.plan import Plan


class OrchestratorRequest(Value):
    """A goal in words, or a plan of your own to be checked, priced and, with `execute`, carried out."""

    goal: Prompt | None = Field(default=None, description="What is to be reached. Not needed with a plan.")
    project_id: Id | None = None
    episode_id: Id | None = None
    mode: Literal["plan", "dry_run", "execute"] = "plan"
    plan: Plan | None = Field(default=None, description="Yours, or one of mine that you changed.")
    budget_usd: Annotated[Decimal, Field(ge=0, le=1_000_000)] | None = Field(
        default=None, description="What the plan may cost; what the month's cap leaves, where left out."
    )
    provider: ProviderName | None = Field(default=None, description="The stack's, where left out.")

    @model_validator(mode="after")
    def _something_to_do(self) -> Self:
        if self.goal is None and self.plan is None:
            raise ValueError("give a goal in words, or a plan")
        return self


class PlannedStep(Value):
    """A step with its price, and, in a dry run, what its bot would be called with."""

    id: str
    bot: str
    calls: float
    expected_usd: float
    at_most_usd: float
    would_be_called_with: dict[str, JsonValue] | None = None


class PlanReport(Value):
    """The plan as data and as a drawing (Mermaid), what it costs, and what it needs a person for.

    `digest` is what an approval is for. `plan_run_id` is there when it is carried out: read it at `/plans/{id}`.
    """

    mode: Literal["plan", "dry_run", "execute"]
    plan: Plan
    digest: str
    waves: tuple[tuple[str, ...], ...]
    steps: tuple[PlannedStep, ...]
    mermaid: str
    expected_usd: float
    at_most_usd: float
    left_usd: float
    budget_usd: float | None
    needs_approval: tuple[str, ...]
    notes: tuple[str, ...]
    plan_run_id: str | None = None
