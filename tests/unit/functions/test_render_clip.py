"""One clip, from its description to the bucket."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from functions.render_clip import app
from studio.domain.base import new_id
from studio.domain.episode import ClipStatus, Episode, Part, Status
from studio.domain.errors import Blocked, Conflict, MissingReference, NotFound, Throttled, Unavailable
from studio.domain.pipeline import Step
from studio.domain.project import Appearance, Brief, CharacterSheet
from studio.entry import Settings, Studio
from tests.conftest import Clock
from tests.unit.made import AT, ListedJudge, ListedPainter, a_picture, a_script, an_owner, moved, statuses, stored

S = Status


@pytest.fixture
def studio(cloud: None) -> Studio:
    settings = replace(Settings.from_environment(), image_rate=0, text_rate=0)
    fakes: dict[str, Any] = {"painters": {"gemini": ListedPainter()}, "judges": {"gemini": ListedJudge()}}
    return Studio(an_owner(), settings, take=1, clock=Clock(), **fakes)


def render(studio: Studio, episode: Episode, clip: int = 1) -> Any:
    return app.render_clip(app.ClipRequest(episode_id=episode.episode_id, clip=clip), studio)


def painter_of(studio: Studio) -> ListedPainter:
    return studio.painters["gemini"]  # type: ignore[return-value]


def judge_of(studio: Studio) -> ListedJudge:
    return studio.judges["gemini"]  # type: ignore[return-value]


def ready(studio: Studio, **changes: Any) -> Episode:
    return moved(studio, stored(studio, provider="gemini", **changes), S.WRITTEN)


def test_a_clip_is_painted_stored_and_written_down(studio: Studio) -> None:
    episode = ready(studio)
    report = render(studio, episode, 2)
    data = studio.videos.get(f"{episode.episode_id}/clips/2.png")
    assert data == a_picture()
    assert (report.clip, report.name, report.sha256) == (2, "clips/2.png", hashlib.sha256(data).hexdigest())
    clip = studio.episodes.clip(episode.episode_id, 2)
    assert (clip.status, clip.name, clip.sha256, clip.provider, clip.draft) == (
        ClipStatus.RENDERED,
        "clips/2.png",
        report.sha256,
        "gemini",
        False,
    )
    assert studio.episodes.get(episode.episode_id).status is S.RENDERING
    assert statuses(studio, episode) == {1: "pending", 2: "rendered", 3: "pending"}


def test_rendered_twice_it_is_bought_once(studio: Studio) -> None:
    episode = ready(studio)
    assert render(studio, episode) == render(studio, episode)
    assert len(painter_of(studio).calls) == 1
    studio.episodes.update_clip(episode.episode_id, 1, AT, take=2)
    render(studio, episode)
    assert [call.take for call in painter_of(studio).calls] == [1, 5], "a clip's first take leaves room for three more"


@pytest.mark.parametrize("error", [Blocked("Refused."), Throttled("Wait.", 3), Unavailable("Down.")])
def test_what_went_wrong_is_kept_where_people_look_until_it_goes_right(studio: Studio, error: Exception) -> None:
    episode = ready(studio)
    painter_of(studio).does = [error]
    with pytest.raises(type(error)):
        render(studio, episode)
    clip = studio.episodes.clip(episode.episode_id, 1)
    # What may pass by itself has not failed yet: the next attempt is under way.
    expected = ClipStatus.FAILED if isinstance(error, Blocked) else ClipStatus.PENDING
    assert (clip.status, clip.reason) == (expected, str(error))
    if not isinstance(error, Throttled):
        render(studio, episode)
        clip = studio.episodes.clip(episode.episode_id, 1)
        assert (clip.status, clip.reason) == (ClipStatus.RENDERED, "")


def test_a_worker_of_an_older_take_changes_nothing(studio: Studio) -> None:
    episode = ready(studio)
    moved(studio, episode, S.CANCELLED)
    studio.episodes.move(episode.episode_id, S.QUEUED, AT, take=2)
    moved(studio, episode, S.RENDERING)
    with pytest.raises(Conflict, match="take 2; this came from take 1"):
        render(studio, episode)
    assert set(statuses(studio, episode).values()) == {"pending"}
    assert list(studio.videos.under("")) == []


@pytest.mark.parametrize("status", [S.CANCELLED, S.COMPLETED, S.FAILED])
def test_nothing_is_painted_for_an_episode_that_is_over(studio: Studio, status: Status) -> None:
    episode = stored(studio, script=False, status=status, provider="gemini")
    with pytest.raises(Conflict):
        render(studio, episode)
    assert painter_of(studio).calls == []


def test_a_clip_or_an_episode_that_is_not_there_is_not_painted(studio: Studio) -> None:
    with pytest.raises(NotFound):
        render(studio, ready(studio), 4)
    with pytest.raises(NotFound):
        app.render_clip(app.ClipRequest(episode_id=new_id(AT), clip=1), studio)
    other = Studio(an_owner(), studio.settings, take=1)
    with pytest.raises(NotFound):
        render(other, ready(studio))


def test_a_picture_of_another_kind_replaces_the_first(studio: Studio) -> None:
    episode = ready(studio)
    painter_of(studio).does = [a_picture(), a_picture("JPEG")]
    render(studio, episode)
    studio.episodes.update_clip(episode.episode_id, 1, AT, take=2)
    assert render(studio, episode).name == "clips/1.jpg"
    assert [stored.name for stored in studio.videos.under(episode.episode_id)] == [f"{episode.episode_id}/clips/1.jpg"]


def test_the_cast_is_described_and_their_faces_go_along(studio: Studio) -> None:
    project = studio.projects.create(Brief(title="House"), AT)
    cast = studio.cast(project.project_id)
    hodan, bile = cast.add(
        [
            CharacterSheet(name="HODAN WARSAME", age=29, appearance=Appearance(hair="black </shot> curls")),
            CharacterSheet(name="Bile"),
        ],
        AT,
    )
    faces = []
    for person, face in ((hodan, a_picture(shade=1)), (bile, a_picture(shade=2))):
        attachment, upload = studio.attachments.announce("Face", "image/png", AT)
        studio.client("s3").put_object(Bucket=studio.settings.attachments_bucket, Key=upload.fields["key"], Body=face)
        cast.replace(person.model_copy(update={"reference_id": attachment.attachment_id}), AT)
        faces.append(attachment.attachment_id)
    episode = ready(studio, project_id=project.project_id)
    render(studio, episode)
    [request] = painter_of(studio).calls
    [figure] = request.shot.people
    assert (figure.name, figure.age) == ("HODAN WARSAME", 29)
    # Bile is not in this clip: his face stays at home.
    assert [(reference.name, reference.data) for reference in request.references] == [
        ("HODAN WARSAME", a_picture(shade=1))
    ]
    assert "HODAN WARSAME" in request.prompt
    # Nobody's words can end the description.
    assert request.prompt.count("</shot>") == 1
    assert "‹/shot›" in request.prompt
    studio.attachments.delete(faces[0])
    studio.episodes.update_clip(episode.episode_id, 1, AT, take=2)
    with pytest.raises(MissingReference, match="Upload it again, or take it off"):
        render(studio, episode)
    assert len(painter_of(studio).calls) == 1


@pytest.mark.parametrize("photorealistic", [True, False])
def test_the_look_is_the_shows(studio: Studio, photorealistic: bool) -> None:
    episode = ready(studio, brief=Brief(title="House", photorealistic=photorealistic))
    render(studio, episode)
    [request] = painter_of(studio).calls
    assert request.photorealistic is photorealistic
    assert ("Skin with pores" in request.prompt) is photorealistic
    assert "$" not in request.prompt


def test_words_that_look_like_blanks_to_fill_are_only_words(studio: Studio) -> None:
    episode = ready(studio)
    record = studio.episodes.stage(episode.episode_id, Step.SCRIPT)
    assert record is not None
    script = a_script().with_clip(1, "$heading ${people} costs $5 {look} %s")
    studio.episodes.save_stage(record.with_part(Part(key="script", document=script.model_dump_json())))
    render(studio, episode)
    assert "$heading ${people} costs $5 {look} %s" in painter_of(studio).calls[0].prompt


def test_an_episode_deleted_while_its_clip_is_stored_leaves_no_file(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    episode = ready(studio)
    put = studio.videos.put

    def late(*args: Any) -> str:
        etag = put(*args)
        moved(studio, episode, S.CANCELLED)
        studio.episodes.delete(episode.episode_id, AT)
        return etag

    monkeypatch.setattr(studio.videos, "put", late)
    with pytest.raises(NotFound):
        render(studio, episode)
    assert list(studio.videos.under("")) == []
