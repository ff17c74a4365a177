"""A bot: over HTTP, by a machine, at once or later; every call recorded."""

import json
from typing import Any

import pytest

from studio.domain.base import Name, Value, new_id
from studio.domain.digest import digest_of
from studio.domain.errors import Blocked, Unavailable
from studio.domain.run import BotRun
from studio.entry import Studio, bot
from studio.generation.ports import Receipt, Usage
from studio.purchases import Purchase
from tests.conftest import Answer, Context, call, http_event
from tests.unit.memory import MemoryLambda

pytestmark = pytest.mark.usefixtures("aws")


class HookRequest(Value):
    topic: Name
    episode_id: str = ""


class HookReport(Value):
    hooks: tuple[str, ...]
    owner: str


done: list[str] = []
trouble: list[BaseException] = []


def write_hooks(request: HookRequest, studio: Studio) -> HookReport:
    """Write hooks.

    The first three seconds decide.
    """
    done.append(request.topic)
    receipt = Receipt(provider="gemini", model="m-1", usage=Usage(input_tokens=5, output_tokens=7, images=1))
    studio.till.purchases.append(Purchase("0" * 64, receipt, 30))
    if trouble:
        raise trouble[0]
    return HookReport(hooks=(f"Listen: {request.topic}",), owner=studio.owner)


handler = bot(write_hooks)
PATH = f"/functions/{handler.name}"


@pytest.fixture
def later(lambdas: MemoryLambda, monkeypatch: pytest.MonkeyPatch) -> MemoryLambda:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "studio-hooks")
    return lambdas


def deliver(later: MemoryLambda) -> Any:
    return handler(json.loads(later.invoked[0]["Payload"]), Context())


@pytest.fixture(autouse=True)
def forgotten() -> None:
    done.clear()
    trouble.clear()


def ask(body: Any, *, owner: str = "amina", **headers: str) -> Answer:
    return call(handler, http_event("POST", PATH, body, owner=owner, headers=headers))


def ask_later(body: Any) -> Answer:
    return ask(body, Prefer="respond-async")


def runs(owner: str = "amina") -> list[BotRun]:
    return Studio.opened_for(owner).runs.page(50, None)[0]


def test_over_http_the_report_is_the_answer_and_the_run_is_recorded() -> None:
    answer = ask({"topic": "dinner"})
    assert (answer.status, answer.body) == (200, {"hooks": ["Listen: dinner"], "owner": "amina"})
    [run] = runs()
    assert (run.bot, run.status, run.error) == (handler.name, "succeeded", "")
    assert json.loads(run.output) == answer.body
    assert run.input_hash == digest_of({"topic": "dinner", "episode_id": ""})
    assert (run.models, run.input_tokens, run.output_tokens, run.images, run.cost) == (("m-1",), 5, 7, 1, 30)
    assert run.finished_at is not None
    assert run.seconds >= 0


def test_by_a_machine_it_is_the_same_bot() -> None:
    answer = handler({"owner": "amina", "take": 2, "topic": "dinner"}, Context())
    assert answer == {"outcome": "done", "hooks": ["Listen: dinner"], "owner": "amina"}
    assert [run.status for run in runs()] == ["succeeded"]


@pytest.mark.parametrize("field", ["owner", "take", "run_id", "pk"])
def test_over_http_nobody_says_who_they_are(field: str) -> None:
    answer = ask({"topic": "dinner", field: "bilan"})
    assert (answer.status, [entry["path"] for entry in answer.body["errors"]]) == (422, [field])
    assert done == runs() == runs("bilan") == []


def test_a_run_that_was_opened_for_what_the_bot_does_not_take_says_so() -> None:
    studio = Studio.opened_for("amina")
    run = BotRun(run_id=new_id(studio.clock()), bot="b", status="queued", input_hash="h", created_at=studio.clock())
    studio.runs.save(run)
    answer = handler({"owner": "amina", "run_id": run.run_id, "topic": "", "tone": "sharp"}, Context())
    assert answer["outcome"] == "validation"
    assert answer["reason"].startswith("The request is not valid: topic: must contain something")
    (now,) = runs()
    assert (now.status, now.error, now.error_type) == ("failed", answer["reason"], "validation")
    assert done == []


def test_a_machine_that_does_not_say_whose_it_is_gets_nowhere() -> None:
    with pytest.raises(KeyError):
        handler({"topic": "dinner"}, Context())
    assert done == []


def test_a_run_names_its_episode() -> None:
    ask({"topic": "dinner", "episode_id": "01JD"})
    assert runs()[0].episode_id == "01JD"


def test_later_means_202_and_a_run_to_look_at(later: MemoryLambda) -> None:
    answer = ask_later({"topic": "dinner"})
    assert answer.status == 202
    assert answer.headers["Location"] == f"/runs/{answer.body['run_id']}"
    assert answer.headers["Preference-Applied"] == "respond-async"
    assert answer.body["status"] == "queued"
    assert [run.status for run in runs()] == ["queued"]
    assert done == []
    [invoked] = later.invoked
    assert (invoked["FunctionName"], invoked["InvocationType"]) == ("studio-hooks:live", "Event")
    deliver(later)
    [run] = runs()
    assert (run.run_id, run.status, done) == (answer.body["run_id"], "succeeded", ["dinner"])


@pytest.mark.parametrize("preference", ["respond-async, wait=10", "Respond-Async", "return=minimal, respond-async"])
def test_the_preference_is_known_in_company_and_in_any_case(later: MemoryLambda, preference: str) -> None:
    assert ask({"topic": "dinner"}, Prefer=preference).status == 202


def test_a_second_delivery_does_nothing_twice(later: MemoryLambda) -> None:
    ask_later({"topic": "dinner"})
    first, second = deliver(later), deliver(later)
    assert first == second
    assert done == ["dinner"]
    assert len(runs()) == 1


def test_a_second_delivery_of_what_failed_does_not_try_again(later: MemoryLambda) -> None:
    trouble.append(Blocked("Refused."))
    ask_later({"topic": "dinner"})
    deliver(later)
    trouble.clear()
    deliver(later)
    assert done == ["dinner"]
    assert [run.status for run in runs()] == ["failed"]


def test_a_worker_that_was_lost_is_followed_by_another(later: MemoryLambda) -> None:
    ask_later({"topic": "dinner"})
    studio = Studio.opened_for("amina")
    studio.runs.save(runs()[0].model_copy(update={"status": "running"}))
    deliver(later)
    assert [run.status for run in runs()] == ["succeeded"]


def test_a_run_that_cannot_be_queued_says_so(later: MemoryLambda) -> None:
    later.refuses = True
    answer = ask_later({"topic": "dinner"})
    assert (answer.status, answer.body["type"]) == (503, "urn:episode-studio:provider_unavailable")
    [run] = runs()
    assert run.status == "failed"
    assert run.error


def test_asking_twice_with_one_key_queues_once(later: MemoryLambda) -> None:
    answers = [ask({"topic": "dinner"}, **{"Prefer": "respond-async", "Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert len(later.invoked) == len(runs()) == 1


@pytest.mark.parametrize(
    ("error", "status", "kind", "sentence"),
    [
        (Blocked("The prompt was refused."), 422, "blocked", "The prompt was refused."),
        (Unavailable("It is down."), 503, "provider_unavailable", "It is down."),
        (ZeroDivisionError("secret detail"), 500, "internal", "It broke on our side."),
    ],
)
def test_a_failure_is_recorded_with_a_sentence(error: Exception, status: int, kind: str, sentence: str) -> None:
    trouble.append(error)
    answer = ask({"topic": "dinner"})
    assert (answer.status, answer.body["type"]) == (status, f"urn:episode-studio:{kind}")
    [run] = runs()
    assert (run.status, run.error, run.error_type, run.output) == ("failed", sentence, kind, "")
    assert run.cost == 30
    assert run.finished_at is not None


def test_a_failure_by_a_machine_is_a_value_or_is_raised() -> None:
    trouble.append(Blocked("Refused."))
    assert handler({"owner": "amina", "topic": "x"}, Context()) == {"outcome": "blocked", "reason": "Refused."}
    trouble[0] = Unavailable("Down.")
    with pytest.raises(Unavailable):
        handler({"owner": "amina", "topic": "x"}, Context())
    assert [run.status for run in runs()] == ["failed", "failed"]


def test_a_worker_that_is_stopped_leaves_no_run_running() -> None:
    trouble.append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        handler({"owner": "amina", "topic": "x"}, Context())
    assert [(run.status, run.error_type) for run in runs()] == [("failed", "internal")]


def test_a_run_of_somebody_else_is_not_carried_out(later: MemoryLambda) -> None:
    from studio.domain.errors import NotFound

    ask_later({"topic": "dinner"})
    with pytest.raises(NotFound):
        handler({**json.loads(later.invoked[0]["Payload"]), "owner": "bilan"}, Context())
    assert done == []


def test_a_request_that_is_not_valid_leaves_no_run() -> None:
    assert ask({"topic": " "}).status == 422
    assert ask("{").status == 400
    assert runs() == []


def test_a_bot_is_called_as_its_folder() -> None:
    assert handler.name == "entry"


def test_in_lambda_a_bot_is_called_as_its_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "hook-optimization-bot")
    assert bot(write_hooks).name == "hook-optimization-bot"
