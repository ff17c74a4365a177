"""Episodes over HTTP: read, edit, download, cancel, delete."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from functions.episodes import app
from studio.domain.episode import ACTIVE, ClipStatus, Episode, Measurement, Status
from studio.domain.project import Brief, CharacterSheet
from studio.entry import Studio
from tests.conftest import Answer, call, http_event
from tests.unit.made import AT, a_picture, a_script, moved, statuses, stored

S = Status
NOBODY = "01JD0000000000000000000000"


@pytest.fixture
def studio(aws: None) -> Studio:
    return Studio.opened_for("amina")


def ask(method: str, path: str, body: Any = None, **more: Any) -> Answer:
    return call(app.handler, http_event(method, path, body, **more))


def path_of(episode: Episode) -> str:
    return f"/episodes/{episode.episode_id}"


def edit(episode: Episode, **body: Any) -> Answer:
    return ask("PATCH", path_of(episode), {"version": episode.version} | body)


def over(studio: Studio, **changes: Any) -> Episode:
    return moved(studio, stored(studio, **changes), S.FAILED)


# -- reading


def test_episodes_are_listed_newest_first_page_by_page(studio: Studio) -> None:
    made = [stored(studio, script=False).episode_id for _ in range(5)]
    first = ask("GET", "/episodes", query={"limit": "3"}).body
    second = ask("GET", "/episodes", query={"limit": "3", "cursor": first["cursor"]}).body
    assert [item["episode_id"] for item in first["items"] + second["items"]] == made[::-1]
    assert second["cursor"] is None
    assert "script" not in first["items"][0]
    for cursor in ("nonsense", first["cursor"] + "A", first["cursor"][4:], ""):
        answer = ask("GET", "/episodes", query={"cursor": cursor})
        assert answer.status in {200, 422}
        assert all(item["episode_id"] in made for item in answer.body.get("items", []))
    assert ask("GET", "/episodes", query={"cursor": "UFJPSkVDVCMx"}).status == 422


def test_an_episode_is_read_with_its_stages_clips_and_script(studio: Studio) -> None:
    episode = stored(studio)
    studio.episodes.update_clip(
        episode.episode_id, 1, AT, status=ClipStatus.RENDERED, name="clips/1.png", sha256="f00", draft=True
    )
    seen = ask("GET", path_of(episode)).body
    assert (seen["title"], seen["status"], seen["version"], seen["cost_usd"]) == ("The Dinner", "queued", 2, 0)
    assert [(stage["name"], stage["status"]) for stage in seen["stages"]] == [("script_generator_bot", "done")]
    assert [(clip["number"], clip["status"], clip["scene"]) for clip in seen["clips"]] == [
        (1, "rendered", 1),
        (2, "pending", 2),
        (3, "pending", 3),
    ]
    assert (seen["clips"][0]["measured"], seen["clips"][0]["bytes"]) == (False, None)
    assert seen["script"]["scenes"][0]["heading"] == "INT. KITCHEN - NIGHT"


def test_a_clip_shows_its_size_once_its_file_was_measured(studio: Studio) -> None:
    episode = stored(studio)
    measured = Measurement(etag="e", sha256="f00", bytes=9, media_type="image/png", width=16, height=9, measured_at=AT)
    studio.episodes.update_clip(episode.episode_id, 1, AT, sha256="f00", measured=measured)
    studio.episodes.update_clip(episode.episode_id, 2, AT, sha256="another", measured=measured)
    first, second, _ = ask("GET", path_of(episode)).body["clips"]
    assert (first["measured"], first["bytes"], first["width"], first["height"]) == (True, 9, 16, 9)
    assert (second["measured"], second["bytes"]) == (False, None)


def test_an_episode_without_a_script_says_so(studio: Studio) -> None:
    episode = stored(studio, script=False)
    seen = ask("GET", path_of(episode)).body
    assert (seen["script"], seen["clips"], seen["stages"], seen["title"]) == (None, [], [], "")
    for kind in ("md", "fountain"):
        assert ask("GET", f"{path_of(episode)}/script/{kind}").status == 404
    assert ask("GET", f"{path_of(episode)}/files").body["items"] == []


def test_the_script_is_read_as_markdown_and_as_fountain(studio: Studio) -> None:
    episode = stored(studio)
    markdown = ask("GET", f"{path_of(episode)}/script/md")
    assert (markdown.status, markdown.headers["Content-Type"]) == (200, "text/markdown; charset=utf-8")
    assert markdown.body.startswith("# The Dinner")
    assert "DRAFT" in markdown.body
    fountain = ask("GET", f"{path_of(episode)}/script/fountain")
    assert (fountain.status, fountain.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert "INT. KITCHEN - NIGHT" in fountain.body
    assert ask("GET", f"{path_of(episode)}/script/pdf").status == 404


# -- editing


def test_title_synopsis_and_clip_descriptions_are_edited_in_the_script_too(studio: Studio) -> None:
    episode = over(studio)
    answer = edit(episode, title="Supper", synopsis="It burns.", clips=[{"number": 2, "description": "Smoke."}])
    assert answer.status == 200, answer.body
    assert (answer.body["title"], answer.body["script"]["title"]) == ("Supper", "Supper")
    assert answer.body["script"]["synopsis"] == answer.body["synopsis"] == "It burns."
    assert [clip["description"] for clip in answer.body["clips"]] == [
        "Plate 1 slides across the table.",
        "Smoke.",
        "Plate 3 slides across the table.",
    ]
    assert answer.body["version"] == episode.version + 1
    assert answer.body["stages"][0]["edited"] is True
    assert ask("GET", path_of(episode)).body == answer.body


def test_a_stale_edit_is_a_conflict_and_changes_nothing(studio: Studio) -> None:
    episode = over(studio)
    assert edit(episode, title="One").status == 200
    answer = edit(episode, title="Two")
    assert (answer.status, answer.body["type"]) == (409, "urn:episode-studio:conflict")
    assert ask("GET", path_of(episode)).body["title"] == "One"
    assert edit(episode, version=99, title="Three").status == 409


@pytest.mark.parametrize("status", sorted(ACTIVE))
def test_while_it_is_being_made_it_is_neither_edited_nor_deleted(studio: Studio, status: Status) -> None:
    episode = stored(studio, script=False, status=status)
    assert edit(episode, title="x").status == 409
    assert ask("DELETE", path_of(episode)).status == 409
    assert studio.episodes.get(episode.episode_id) == episode


@pytest.mark.parametrize("path", [(S.FAILED,), (S.CANCELLED,), (S.WRITING, S.WRITTEN, S.IN_REVIEW)])
def test_when_nobody_is_at_it_it_is_edited(studio: Studio, path: tuple[Status, ...]) -> None:
    assert edit(moved(studio, stored(studio), *path), title="x").status == 200


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"synopsis": " \n"}, "synopsis"),
        ({"synopsis": "x" * 20_000}, "synopsis"),
        ({"clips": [{"number": 1, "description": "  "}]}, "clips.0.description"),
        ({"clips": [{"number": 9, "description": "x"}]}, "clips"),
        ({"clips": [{"number": 0, "description": "x"}]}, "clips"),
        ({"clips": [{"number": 1, "description": "x"}] * 7}, "clips"),
        ({"status": "completed"}, "status"),
        ({"version": 0}, "version"),
        ({"version": 10**40}, "version"),
        ({"script": {"title": "x"}}, "script.synopsis"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_by_its_path(studio: Studio, body: dict[str, Any], path: str) -> None:
    episode = over(studio)
    answer = edit(episode, **body)
    assert answer.status == 422
    assert path in [entry["path"] for entry in answer.body["errors"]]
    assert studio.episodes.get(episode.episode_id) == episode


def test_a_script_with_a_stranger_in_it_is_refused(studio: Studio) -> None:
    project = studio.projects.create(Brief(title="House"), AT)
    studio.cast(project.project_id).add([CharacterSheet(name="Hodan Warsame"), CharacterSheet(name="Bile")], AT)
    episode = over(studio, project_id=project.project_id)
    strange = a_script().model_dump(mode="json")
    strange["scenes"][0]["lines"][0]["speaker"] = "Batman"
    answer = edit(episode, script=strange)
    assert (answer.status, answer.body["errors"][0]["path"]) == (422, "script")
    assert "Batman" in answer.body["errors"][0]["message"]
    other = a_script(title="By hand").model_dump(mode="json")
    assert edit(episode, script=other).body["title"] == "By hand"


def test_a_script_with_the_wrong_clips_is_refused(studio: Studio) -> None:
    episode = over(studio)
    answer = edit(episode, script=a_script(2).model_dump(mode="json"))
    assert (answer.status, answer.body["errors"][0]["path"]) == (422, "script")


def test_a_script_written_by_hand_has_clips_to_shoot(studio: Studio) -> None:
    episode = over(studio, script=False)
    assert edit(episode, clips=[{"number": 1, "description": "x"}]).status == 409
    answer = edit(episode, script=a_script().model_dump(mode="json"))
    assert answer.status == 200
    assert statuses(studio, episode) == {1: "pending", 2: "pending", 3: "pending"}
    assert (answer.body["title"], answer.body["stages"][0]["edited"]) == ("The Dinner", True)


def test_a_title_may_be_given_before_there_is_a_script(studio: Studio) -> None:
    episode = over(studio, script=False)
    answer = edit(episode, title="Working title")
    assert (answer.body["title"], answer.body["script"], answer.body["stages"]) == ("Working title", None, [])


# -- files


def test_files_come_with_links_and_good_names(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.FAILED)
    assert edit(episode, title='Say "Walahi"/حفلة').status == 200
    studio.episodes.update_clip(episode.episode_id, 1, AT, name="clips/1.png", sha256="f00")
    for name, data in (("clips/1.png", a_picture()), ("clips/1.json", b"{}"), ("metadata.json", b"{}")):
        studio.videos.put(f"{episode.episode_id}/{name}", data, "application/json")
    studio.videos.put(f"{episode.episode_id}0/clips/1.png", b"another's", "image/png")
    answer = ask("GET", f"{path_of(episode)}/files").body
    assert answer["expires_in"] <= 900
    assert [(item["name"], item["sha256"]) for item in answer["items"]] == [
        ("clips/1.json", None),
        ("clips/1.png", "f00"),
        ("metadata.json", None),
    ]
    assert answer["items"][1]["bytes"] == len(a_picture())
    url = urlsplit(answer["items"][1]["url"])
    assert url.path.endswith(f"/amina/{episode.episode_id}/clips/1.png")
    [disposition] = parse_qs(url.query)["response-content-disposition"]
    assert unquote(disposition).endswith("UTF-8''Say-\"Walahi\"-حفلة-clips-1.png")


# -- deleting and cancelling


def test_a_deleted_episode_takes_its_files_along(studio: Studio) -> None:
    gone, stays = over(studio), over(studio)
    for episode in (gone, stays):
        studio.videos.put(f"{episode.episode_id}/clips/1.png", b"x", "image/png")
    assert ask("DELETE", path_of(gone)).status == 204
    assert [stored.name for stored in studio.videos.under("")] == [f"{stays.episode_id}/clips/1.png"]
    assert ask("GET", path_of(gone)).status == 404
    assert ask("DELETE", path_of(gone)).status == 404


def test_a_deletion_cut_short_before_the_files_is_finished_by_the_next(studio: Studio) -> None:
    episode = over(studio)
    studio.videos.put(f"{episode.episode_id}/clips/1.png", b"x", "image/png")
    studio.episodes.delete(episode.episode_id, AT)
    assert ask("DELETE", path_of(episode)).status == 404
    assert list(studio.videos.under("")) == []


def test_cancelling_stops_the_execution_and_keeps_what_is_there(studio: Studio, machines: Any) -> None:
    from studio import takes

    machine = studio.settings.producer_machine
    episode = takes.queue(studio, over(studio), machine)
    takes.start(studio, episode, machine)
    answer = ask("POST", f"{path_of(episode)}/cancel")
    assert (answer.status, answer.body["status"]) == (202, "cancelled")
    assert machines.describe_execution(executionArn=episode.execution)["status"] == "ABORTED"
    assert studio.episodes.script(episode.episode_id) is not None
    again = ask("POST", f"{path_of(episode)}/cancel")
    assert (again.status, again.body["type"]) == (409, "urn:episode-studio:conflict")


def test_an_episode_whose_execution_never_was_is_cancelled_too(studio: Studio, machines: Any) -> None:
    assert ask("POST", f"{path_of(stored(studio))}/cancel").body["status"] == "cancelled"
