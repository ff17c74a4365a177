"""Events over HTTP, and spreadsheets of them."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.events import app
from functions.import_events import app as importer
from studio.domain.base import new_id
from studio.domain.event_rows import EventImport
from studio.entry import Studio
from studio.store.objects import Objects
from tests.conftest import Answer, Context, call, http_event
from tests.unit.made import AT, stored
from tests.unit.memory import MemoryAws, MemoryLambda

pytestmark = pytest.mark.usefixtures("aws")

IMPORT = "studio-import-events:live"
AT_TEXT = "2026-11-25T12:00:00+01:00"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPORT_FUNCTION", IMPORT)


def ask(method: str, path: str = "/events", body: Any = None, **more: Any) -> Answer:
    return call(app.handler, http_event(method, path, body, **more))


def report(*events: dict[str, Any], **more: Any) -> Answer:
    return ask("POST", body={"events": [{"stage": "view", "at": AT_TEXT} | event for event in events]}, **more)


def summary(first: str = "2026-11-01", last: str = "2026-11-30", **more: Any) -> Answer:
    return ask("GET", "/events/summary", query={"from": first, "to": last}, **more)


def upload(data: bytes, owner: str = "amina", name: str = "November.csv") -> str:
    studio = Studio.opened_for(owner)
    attachment, form = studio.attachments.announce(name, "text/csv", AT)
    bucket = studio.settings.attachments_bucket
    studio.client("s3").put_object(Bucket=bucket, Key=form.fields["key"], Body=data, ContentType="text/csv")
    return attachment.attachment_id


def bring(data: bytes, **options: Any) -> tuple[str, Answer]:
    """Upload a file, ask for its import, do it, and read how it went."""
    asked = ask("POST", "/events/imports", {"attachment_id": upload(data)} | options)
    assert asked.status == 202, asked.body
    run(asked.body["import_id"])
    return asked.body["import_id"], ask("GET", asked.headers["Location"])


def run(import_id: str, owner: str = "amina") -> Any:
    return importer.handler({"owner": owner, "import_id": import_id}, Context())


# -- single events


def test_good_events_land_beside_bad_ones_and_known_ones_count_once() -> None:
    episode = stored(Studio.opened_for("amina")).episode_id
    foreign = stored(Studio.opened_for("bilan")).episode_id
    sent = [
        {"event_id": "a", "count": 41, "channel": "youtube", "episode_id": episode},
        {"count": 0},
        {"at": "2026-11-25T12:00:00"},
        {"episode_id": foreign},
        {"stage": "refund", "revenue": 5, "currency": "EUR"},
        {"surprise": "<script>"},
        {},
    ]
    answer = report(*sent)
    assert (answer.status, answer.body["taken"], answer.body["duplicates"]) == (200, 2, 0)
    told = [(one["index"], one["path"]) for one in answer.body["problems"]]
    assert told == [(1, "count"), (2, "at"), (3, "episode_id"), (4, ""), (5, "surprise")]
    assert report(sent[0]).body == {"taken": 0, "duplicates": 1, "problems": []}
    assert summary().body["stages"]["view"] == 42


@pytest.mark.parametrize("events", [[], [{}] * 501, "x", [1]])
def test_a_call_without_events_or_with_too_many_is_refused(events: Any) -> None:
    assert ask("POST", body={"events": events}).status == 422


def test_nobody_sends_events_as_somebody_else() -> None:
    assert report({"owner": "bilan"}).body["problems"][0]["path"] == "owner"
    report({"source": "stripe"})
    report({"event_id": "a"})
    assert summary(owner="bilan").body["events"] == 0


def test_nothing_yet_is_a_summary_of_zeros() -> None:
    body = ask("GET", "/events/summary").body
    assert set(body["stages"].values()) == {0}
    assert (body["events"], body["channels"], body["revenue"]) == (0, [], [])


def test_a_refund_larger_than_what_came_in_is_a_negative_net() -> None:
    report(
        {"stage": "paid", "revenue": 5_000_000, "currency": "usd"},
        {"stage": "refund", "revenue": -8_000_000, "currency": "USD"},
    )
    [revenue] = summary().body["revenue"]
    assert revenue == {"currency": "USD", "gross": 5_000_000, "refunded": -8_000_000, "net": -3_000_000}


@pytest.mark.parametrize(("first", "last"), [("2026-11-02", "2026-11-01"), ("2020-01-01", "2026-11-01"), ("x", "y")])
def test_days_that_are_none_or_too_many_are_refused(first: str, last: str) -> None:
    assert summary(first, last).status == 422


def test_a_person_is_erased_by_their_pseudonym() -> None:
    report({"visitor": "v1"}, {"visitor": "v2"})
    assert ask("DELETE", "/events/visitors/v1").body == {"erased": 1}
    assert summary().body["events"] == 1
    assert ask("DELETE", "/events/visitors/v1").status == ask("DELETE", "/events/visitors/a%20b").status == 404


# -- spreadsheets


def test_an_import_is_asked_for_done_in_its_own_function_and_its_upload_forgotten(lambdas: MemoryLambda) -> None:
    attachment = upload(f"at,stage,views\n{AT_TEXT},view,7\n".encode())
    asked = ask("POST", "/events/imports", {"attachment_id": attachment})
    assert (asked.status, asked.body["status"]) == (202, "queued")
    [invoked] = lambdas.invoked
    assert (invoked["FunctionName"], invoked["InvocationType"]) == (IMPORT, "Event")
    run(**{"import_id": json.loads(invoked["Payload"])["import_id"]})
    done = ask("GET", asked.headers["Location"]).body
    assert (done["status"], done["taken"], done["rejected"], done["progress"]) == ("done", 1, 0, 1.0)
    assert done["rejected_csv"] is None
    assert summary().body["stages"]["view"] == 7
    assert [item["import_id"] for item in ask("GET", "/events/imports").body["items"]] == [done["import_id"]]
    assert ask("POST", "/events/imports", {"attachment_id": attachment}).status == 404


def test_the_first_fifty_bad_rows_are_told_and_all_are_downloaded(aws: MemoryAws) -> None:
    rows = [f'{AT_TEXT},{"view" if n % 2 else "vew"},"Ä\n{n}"' for n in range(200)]
    data = "\ufeffat,stage,variant\r\n" + "\r\n".join(rows)
    import_id, answer = bring(data.encode())
    body = answer.body
    assert (body["taken"], body["rejected"], len(body["problems"])) == (100, 100, 50)
    assert body["problems"][0] == {"row": 2, "problem": body["problems"][0]["problem"]}
    assert "rejected.csv" in body["rejected_csv"]
    kept = aws.services["s3"].objects["studio-attachments", f"amina/events/rejected/{import_id}.csv"].body.decode()
    assert kept.startswith("row,problem\r\n2,")
    assert kept.count("vew") == 100


def test_an_import_tried_again_changes_nothing_and_one_that_broke_off_ends_the_same(aws: MemoryAws) -> None:
    data = f"at,stage\n{AT_TEXT},view\n{AT_TEXT},view\n".encode()
    asked = ask("POST", "/events/imports", {"attachment_id": upload(data)}).body
    studio = Studio.opened_for("amina")
    # It stored its events, and then the function died.
    importer._read(studio, EventImport.model_validate(asked))
    run(asked["import_id"])
    files = dict(aws.services["s3"].objects)
    run(asked["import_id"])
    assert aws.services["s3"].objects == files
    assert len(files) == 1
    assert summary().body["stages"]["view"] == 2


def test_the_same_file_again_brings_nothing_and_says_where_it_came_from() -> None:
    data = f"at,stage\n{AT_TEXT},view\n".encode()
    first, _ = bring(data)
    _, again = bring(data)
    assert (again.body["status"], again.body["same_as"], again.body["taken"]) == ("done", first, 0)
    # Read in another way it is another file, whose equal rows are known all the same.
    _, other = bring(data, time_zone="Asia/Tokyo")
    assert other.body["same_as"] is None
    assert summary().body["stages"]["view"] == 1


@pytest.mark.parametrize(
    ("data", "options", "told"),
    [
        (b"a,b\n1,2\n", {}, "No column tells when"),
        (b"\x00\x01\x02", {}, "No column tells when"),
        (b"\xff\xfea\x00", {}, "No column tells when"),
        (b"at,stage\n", {"columns": {"count": "Views"}}, "no column “Views”"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_fails_in_words(data: bytes, options: Any, told: str) -> None:
    _, answer = bring(data, **options)
    assert answer.body["status"] == "failed"
    assert told in answer.body["error"]


def test_excels_own_ways_of_saving_are_read() -> None:
    text = f"sep=;\nat;stage;amount\n{AT_TEXT};paid;9,50\n"
    _, answer = bring(text.encode("utf-16"), currency="EUR")
    assert (answer.body["status"], answer.body["taken"]) == ("done", 1)
    assert summary().body["revenue"][0]["net"] == 9_500_000


def test_an_upload_that_is_missing_no_spreadsheet_or_somebody_elses_is_not_imported() -> None:
    studio = Studio.opened_for("amina")
    announced, _ = studio.attachments.announce("Empty", "text/csv", AT)
    picture, form = studio.attachments.announce("Face", "image/png", AT)
    Objects(studio.client("s3"), studio.settings.attachments_bucket, "amina").put(
        form.fields["key"].removeprefix("amina/"), b"x", "image/png"
    )
    answers = {
        name: ask("POST", "/events/imports", {"attachment_id": attachment_id})
        for name, attachment_id in (
            ("empty", announced.attachment_id),
            ("picture", picture.attachment_id),
            ("foreign", upload(b"at,stage\n", owner="bilan")),
        )
    }
    assert {name: answer.status for name, answer in answers.items()} == {"empty": 422, "picture": 422, "foreign": 404}
    assert "never uploaded" in answers["empty"].body["detail"]


@pytest.mark.parametrize("options", [{"time_zone": "Mars"}, {"currency": "DOG"}, {"columns": {"secret": "x"}}])
def test_options_that_mean_nothing_are_refused(options: Any) -> None:
    assert ask("POST", "/events/imports", {"attachment_id": new_id(AT)} | options).status == 422


def test_an_import_that_cannot_be_started_says_so_and_is_not_left_waiting(lambdas: MemoryLambda) -> None:
    lambdas.refuses = True
    asked = ask("POST", "/events/imports", {"attachment_id": upload(b"at,stage\n")})
    assert asked.status == 503
    assert ask("GET", "/events/imports").body["items"][0]["status"] == "failed"


def test_an_import_that_nobody_works_on_any_more_has_broken_off() -> None:
    studio = Studio.opened_for("amina")
    at = studio.clock() - timedelta(minutes=30)
    options: dict[str, Any] = {"import_id": new_id(at), "attachment_id": new_id(at), "name": "x", "options": {}}
    studio.event_imports.save(EventImport.model_validate(options | {"status": "running", "created_at": at}))
    body = ask("GET", f"/events/imports/{options['import_id']}").body
    assert (body["status"], "broke off" in body["error"]) == ("failed", True)


def test_somebody_elses_import_is_not_there() -> None:
    import_id, _ = bring(f"at,stage\n{AT_TEXT},view\n".encode())
    assert ask("GET", f"/events/imports/{import_id}", owner="bilan").status == 404
