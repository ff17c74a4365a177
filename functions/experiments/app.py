"""/experiments: what is compared, and how each comparison stands. ab-testing-bot begins them and looks at them."""

from studio.domain.base import Value
from studio.domain.experiment import Experiment
from studio.entry import api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId

app = resolver()


class ExperimentPage(Value):
    """Some experiments, newest first."""

    items: list[Experiment]
    cursor: str | None


@app.get("/experiments", tags=["experiments"])
def list_experiments(studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> ExperimentPage:
    """List your experiments, as they stood at the last look."""
    items, following = studio.experiments.page(limit, cursor)
    return ExperimentPage(items=items, cursor=following)


@app.get("/experiments/<experiment_id>", tags=["experiments"])
def read_experiment(experiment_id: PathId, studio: Caller) -> Experiment:
    """Read one experiment, as it stood at the last look."""
    return studio.experiments.get(experiment_id)


handler = api(app)
