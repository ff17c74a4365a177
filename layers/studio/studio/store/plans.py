"""Plans that are carried out, and how each step goes."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from studio.domain.errors import Conflict, NotFound
from studio.domain.plan import Plan
from studio.domain.plan_run import UNDER_WAY, PlanRun, PlanStatus, StepRun
from studio.store import keys
from studio.store.table import NEW, ConditionFailedError, Item, Partition, Write, assign, fields


class Plans:
    """One owner's plans."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def create(self, run: PlanRun, steps: Collection[StepRun]) -> None:
        """Store a plan that is about to start, and its steps, all or nothing."""
        item = run.model_dump(mode="json", exclude_none=True, exclude={"plan"}) | {
            # As it was given: what people put into inputs has numbers that a table would store otherwise.
            "document": run.plan.model_dump_json(),
            "active_in": keys.ACTIVE_PLANS,
            "active_since": run.updated_at.isoformat(),
            "owner": self._partition.owner,
        }
        self._partition.write(
            Write("Put", keys.plan_run(run.plan_run_id), item, condition=NEW),
            *(
                Write("Put", keys.plan_step(run.plan_run_id, step.id), step.model_dump(mode="json", exclude_none=True))
                for step in steps
            ),
        )

    def get(self, plan_run_id: str) -> PlanRun:
        """Return a plan. Raises NotFound."""
        item = self._partition.get(keys.plan_run(plan_run_id))
        if item is None:
            raise NotFound("There is no such plan.")
        return plan_run_of(item)

    def page(self, limit: int, cursor: str | None) -> tuple[list[PlanRun], str | None]:
        """Return the newest plans first, and the next cursor."""
        page = self._partition.query(keys.plan_run(), limit=limit, cursor=cursor, newest_first=True)
        return [plan_run_of(item) for item in page.items], page.cursor

    def steps(self, run: PlanRun) -> dict[str, StepRun]:
        """Return how each step stands, by its id, in the plan's order."""
        items = self._partition.all(keys.plan_step(run.plan_run_id))
        found = {step.id: step for step in (StepRun.model_validate(fields(item)) for item in items)}
        return {step.id: found[step.id] for step in run.plan.steps}

    def move(self, run: PlanRun, to: PlanStatus, at: datetime, reason: str = "") -> PlanRun:
        """Move a plan that is under way. Raises Conflict for one that is over already."""
        over = to not in UNDER_WAY
        told: dict[str, Any] = {"status": to, "reason": reason, "updated_at": at.isoformat()}
        told |= (
            {"active_in": None, "active_since": None, "finished_at": at.isoformat()}
            if over
            else {"active_since": at.isoformat()}
        )
        update = assign(
            keys.plan_run(run.plan_run_id),
            told,
            condition="#status = :queued OR #status = :running",
            queued="queued",
            running="running",
        )
        try:
            self._partition.write(update)
        except ConditionFailedError as error:
            raise Conflict(f"The plan is {self.get(run.plan_run_id).status} already.") from error
        changed = {"status": to, "reason": reason, "updated_at": at}
        return run.model_copy(update=changed | ({"finished_at": at} if over else {}))

    def save_step(self, run: PlanRun, step: StepRun) -> StepRun:
        """Store how a step now stands, and return it; one that is over stays as it is, and that is returned."""
        sk = keys.plan_step(run.plan_run_id, step.id)
        write = Write(
            "Put",
            sk,
            step.model_dump(mode="json", exclude_none=True),
            condition="#status = :waiting OR #status = :running",
            names={"#status": "status"},
            values={":waiting": "waiting", ":running": "running"},
        )
        try:
            self._partition.write(write)
        except ConditionFailedError:
            return StepRun.model_validate(fields(self._partition.get(sk) or {}))
        return step


def plan_run_of(item: Item) -> PlanRun:
    """Return the plan that an item is."""
    told = {name: value for name, value in fields(item).items() if name != "document"}
    return PlanRun.model_validate(told | {"plan": Plan.model_validate_json(item["document"])})
