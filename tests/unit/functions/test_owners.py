"""Whatever has an id belongs to somebody, and to nobody else: every route there is, built from the code."""

import importlib
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from studio import plans
from studio.domain.approval import ContentKind
from studio.domain.audience import AudienceEvent
from studio.domain.base import new_id
from studio.domain.connection import Connection, NetworkName
from studio.domain.episode import Gate, Status
from studio.domain.event_rows import EventImport
from studio.domain.experiment import Design, Variant
from studio.domain.experiment import begun as begun_experiment
from studio.domain.lead import LeadForm
from studio.domain.link import LinkTags
from studio.domain.offer import OfferSheet
from studio.domain.plan import Plan, PlanStep
from studio.domain.project import Brief, CharacterSheet, Consent
from studio.domain.run import BotRun
from studio.entry import Studio
from tests.conftest import ROOT, call, http_event
from tests.unit.made import AT, a_picture, a_product, items_of, moved, stored


def modules() -> Iterator[Any]:
    for path in sorted(Path(ROOT, "functions").glob("*/app.py")):
        yield importlib.import_module(f"functions.{path.parent.name}.app")


def resolver_of(module: Any) -> APIGatewayRestResolver | None:
    app = getattr(module, "app", None) or getattr(module.handler, "app", None)
    return app if isinstance(app, APIGatewayRestResolver) else None


def routes() -> list[tuple[Any, str, str]]:
    """Return every route as handler, method and path with `<names>` in it."""
    found = []
    for module in modules():
        app = resolver_of(module)
        for route in [] if app is None else app._static_routes + app._dynamic_routes:
            # What needs no token belongs to whoever has its code: tests/unit/entry/test_public.py.
            if "public" not in (route.tags or ()):
                found.append((module.handler, route.method, route.path))
    return found


ROUTES = routes()
WITH_ID = [route for route in ROUTES if "<" in route[2].replace("<network>", "")]
"""A network is the same for everybody."""
BODIES: dict[tuple[str, str], Any] = {
    ("PATCH", "/projects/<project_id>"): {"version": 1, "title": "Mine"},
    ("POST", "/projects/<project_id>/characters"): {"name": "Mine"},
    ("POST", "/projects/<project_id>/characters/import"): {"characters": [{"name": "Mine"}]},
    ("POST", "/projects/<project_id>/characters/ready-made"): {"cast": "say-walahi"},
    ("PATCH", "/projects/<project_id>/characters/<character_id>"): {"version": 1, "name": "Mine"},
    ("PUT", "/projects/<project_id>/characters/<character_id>/reference"): {"attachment_id": None},
    ("PUT", "/projects/<project_id>/characters/<character_id>/consent"): {"name": "Mine", "text": "Mine."},
    ("PATCH", "/episodes/<episode_id>"): {"version": 2, "title": "Mine"},
    ("PUT", "/episodes/<episode_id>/stages/<stage_name>/<part_key>"): {"version": 2, "document": {"title": "Mine"}},
    ("POST", "/episodes/<episode_id>/reviews/<gate>"): {"review_id": new_id(AT), "decision": "reject"},
    ("POST", "/episodes/<episode_id>/posts"): {
        "network": "x",
        "account_id": "1",
        "external_id": "99",
        "title": "Mine",
        "published_at": AT.isoformat(),
    },
    ("POST", "/projects/<project_id>/learning/apply"): {"content_hash": "0" * 64},
    ("POST", "/projects/<project_id>/learning/rollback"): {"to_version": 0},
    ("PATCH", "/links/<link_id>"): {"enabled": False},
    ("PATCH", "/offers/<offer_id>"): {"active": False},
    ("PATCH", "/leads/forms/<episode_id>"): {"open": False},
    ("PUT", "/admin/owners/<owner>/caps"): {"month_usd": 1, "episode_usd": 1},
}
IN_BODY: dict[str, dict[str, str]] = {
    f"/functions/{name}": {"episode_id": "episode_id"}
    for name in (
        "cross-platform-posting-bot",
        "affiliate-bot",
        "lead-capture-bot",
        "cultural-injection-bot",
        "digital-product-bot",
        "engagement-bot",
        "episode-producer",
        "expert-director",
        "generate-episode-from-prompt",
        "generate-video",
        "hook-optimization-bot",
        "live-boost-bot",
        "llm-reflection-bot",
        "multi-channel-upload-bot",
        "persona-bot",
        "orchestrator-bot",
        "performance-tracking-bot",
        "realism-audit",
        "roi-analysis-bot",
        "sales-funnel-bot",
        "scene-orchestration",
        "script-generator-bot",
    )
}
IN_BODY["/links"] = {"episode_id": "episode_id"}
IN_BODY["/events/imports"] = {"attachment_id": "spreadsheet_id", "episode_id": "episode_id"}
"""Routes that take an id in their body, and which."""

BESIDE_IT = {
    "/functions/digital-product-bot": {"price": {"amount": "4.99", "currency": "EUR"}},
    "/functions/llm-reflection-bot": {"what": "title"},
    "/functions/orchestrator-bot": {"goal": "A better hook."},
    "/functions/persona-bot": {"mode": "panel"},
    "/links": {"target": "https://shop.example/"},
}
"""What else such a body must say."""


@pytest.fixture
def ids(machines: Any) -> dict[str, str]:
    """One of everything, amina's."""
    studio = Studio.opened_for("amina")
    project = studio.projects.create(Brief(title="Hers"), AT)
    cast = studio.cast(project.project_id)
    [added] = cast.add([CharacterSheet(name="Hodan")], AT)
    agreed = Consent(name="Hodan", text="I agree.", at=AT)
    character = cast.replace(added.model_copy(update={"real_person": True, "consent": agreed}), AT)
    attachment, _ = studio.attachments.announce("Face", "image/png", AT)
    episode = moved(studio, stored(studio), Status.FAILED)
    studio.videos.put(f"{episode.episode_id}/clips/1.png", a_picture(), "image/png")
    words = dict.fromkeys(("headline", "offer", "consent", "from_name"), "Hers")
    studio.lead_forms.publish(LeadForm(episode_id=episode.episode_id, language="en", **words), AT)
    run = BotRun(run_id=new_id(AT), bot="b", status="succeeded", input_hash="h", created_at=AT)
    studio.runs.save(run)
    studio.reviews.open(episode.episode_id, Gate.SCRIPT, episode.take, "a token", timedelta(days=1), AT)
    spreadsheet, _ = studio.attachments.announce("Views", "text/csv", AT)
    told = {"event_id": "e", "stage": "view", "at": AT, "visitor": "hers", "source": "http"}
    studio.events.add([AudienceEvent.model_validate(told)])
    brought = {"import_id": new_id(AT), "attachment_id": new_id(AT), "name": "Views", "options": {}, "created_at": AT}
    studio.event_imports.save(EventImport.model_validate(brought))
    experiment = begun_experiment(new_id(AT), Design(name="Hook", variants=(Variant(name="a"), Variant(name="b"))), AT)
    studio.experiments.create(experiment)
    waiting = studio.approvals.ask(ContentKind.POST, {"caption": "Hers"}, bot="b", summary="Hers", at=AT)
    studio.connections.connect(
        Connection(network=NetworkName.X, account_id="account-1", name="Hers", connected_at=AT), {"access": "token"}
    )
    studio.products.keep(a_product("01JD0000000000000000000000", episode.episode_id))
    step = PlanStep(id="a", bot="hook-optimization-bot", inputs={"episode_id": episode.episode_id})
    plan = Plan(goal="Hers", steps=(step,))
    begun = plans.start(plan, plans.priced(plan, "draft", None, studio), "draft", studio)
    return {
        "product_id": "01JD0000000000000000000000",
        "plan_run_id": begun.plan_run_id,
        "network": "x",
        "account_id": "account-1",
        "visitor": "hers",
        "link_id": studio.links.create("https://shop.example/", LinkTags(), AT).link_id,
        "offer_id": studio.offers.add([OfferSheet(name="Kettle", url="https://shop.example/")], AT)[0].offer_id,
        "import_id": str(brought["import_id"]),
        "spreadsheet_id": spreadsheet.attachment_id,
        "content_hash": waiting.content_hash,
        "experiment_id": experiment.experiment_id,
        "project_id": project.project_id,
        "character_id": character.character_id,
        "attachment_id": attachment.attachment_id,
        "episode_id": episode.episode_id,
        "run_id": run.run_id,
        "script_format": "md",
        "export_format": "md",
        "gate": "script",
        "stage_name": "script_generator_bot",
        "part_key": "script",
        "owner": "amina",
    }


def everything() -> dict[str, Any]:
    """Return all there is of amina's, to be compared."""
    studio = Studio.opened_for("amina")
    return items_of(studio) | {stored.name: stored.etag for stored in studio.videos.under("")}


def groups_for(path: str) -> dict[str, str]:
    """Return what the token of those says whom a route answers."""
    return {"cognito:groups": "admin"} if path.startswith("/admin") else {}


def filled(path: str, ids: dict[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda found: ids[found[1]], path)


def test_the_routes_were_found() -> None:
    assert len(WITH_ID) >= 18
    assert {method for _, method, _ in ROUTES} == {"GET", "POST", "PATCH", "PUT", "DELETE"}


def test_every_route_that_carries_an_id_is_known_here() -> None:
    writes = {(method, path) for _, method, path in WITH_ID if method in {"POST", "PATCH", "PUT"}}
    bodiless = {("POST", "/plans/<plan_run_id>/cancel"), ("POST", "/episodes/<episode_id>/cancel")}
    assert writes == set(BODIES) | bodiless
    takes_id = set()
    for module in modules():
        app = resolver_of(module)
        if app is not None:
            schema = app.get_openapi_schema(title="x", version="1").model_dump(by_alias=True, exclude_none=True)
            for path, item in schema["paths"].items():
                if (
                    "<" not in path
                    and "{" not in path
                    and "post" in item
                    and "episode_id" in _properties(item["post"], schema)
                ):
                    takes_id.add(path)
    assert takes_id == set(IN_BODY)


def _properties(operation: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    [content] = operation["requestBody"]["content"].values()
    name = content["schema"].get("$ref", "").rpartition("/")[2]
    return set(schema["components"]["schemas"].get(name, {}).get("properties", {}))


@pytest.mark.parametrize(("handler", "method", "path"), WITH_ID, ids=[f"{m} {p}" for _, m, p in WITH_ID])
def test_somebody_elses_id_leads_nowhere(handler: Any, method: str, path: str, ids: dict[str, str]) -> None:
    before = everything()
    answer = call(handler, http_event(method, filled(path, ids), BODIES.get((method, path)), owner="bilan"))
    assert (answer.status, answer.body["type"]) == (404, "urn:episode-studio:not_found"), answer.body
    assert everything() == before


@pytest.mark.parametrize("path", IN_BODY)
def test_somebody_elses_id_in_a_body_leads_nowhere(path: str, ids: dict[str, str]) -> None:
    [handler] = [handler for handler, method, known in ROUTES if (method, known) == ("POST", path)]
    before = everything()
    body = BESIDE_IT.get(path, {}) | {field: ids[name] for field, name in IN_BODY[path].items()}
    answer = call(handler, http_event("POST", path, body, owner="bilan"))
    assert (answer.status, answer.body["type"]) == (404, "urn:episode-studio:not_found"), answer.body
    assert everything() == before


@pytest.mark.parametrize(
    ("handler", "path"),
    [(h, p) for h, m, p in ROUTES if m == "GET" and "<" not in p and not p.startswith("/admin")],
    ids=lambda value: str(value)[:20],
)
def test_a_list_shows_nothing_of_somebody_else(handler: Any, path: str, ids: dict[str, str]) -> None:
    answer = call(handler, http_event("GET", path, owner="bilan"))
    assert answer.status == 200
    assert not [name for name, found in ids.items() if name.endswith("_id") and found in str(answer.body)]


@pytest.mark.parametrize(("handler", "method", "path"), WITH_ID, ids=[f"{m} {p}" for _, m, p in WITH_ID])
def test_her_own_id_leads_somewhere(handler: Any, method: str, path: str, ids: dict[str, str]) -> None:
    """Otherwise the test above would pass for a route that never finds anything."""
    event = http_event(method, filled(path, ids), BODIES.get((method, path)), claims=groups_for(path))
    answer = call(handler, event)
    assert answer.status != 404 or "run" in path


@pytest.mark.parametrize(("handler", "method", "path"), WITH_ID, ids=[f"{m} {p}" for _, m, p in WITH_ID])
def test_what_cannot_be_an_id_leads_nowhere(handler: Any, method: str, path: str, ids: dict[str, str]) -> None:
    # An owner is whatever the user pool calls them, which is no ULID.
    ours = ("_", "x" * 65) if "<owner>" in path else ("1", "x" * 26, ids["episode_id"].lower())
    for wrong in (*ours, "OWNER%23amina"):
        wrong_path = re.sub(r"<\w+>", wrong, path)
        answer = call(handler, http_event(method, wrong_path, BODIES.get((method, path)), claims=groups_for(path)))
        assert answer.status == 404
