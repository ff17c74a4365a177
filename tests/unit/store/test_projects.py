"""Projects, casts and attachments in the table."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.errors import Conflict, NotFound, TooLarge
from studio.domain.project import Appearance, Brief, CharacterSheet, Role
from studio.entry import Settings, Studio
from studio.store.projects import MAX_CAST
from tests.conftest import Clock
from tests.unit.made import AT, an_owner

words = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20)


@pytest.fixture
def studio(cloud: None) -> Studio:
    return opened()


def opened(owner: str = "") -> Studio:
    return Studio(owner or an_owner(), Settings.from_environment(), clock=Clock())


def a_project(studio: Studio) -> str:
    return studio.projects.create(Brief(title="Walahi House"), AT).project_id


def sheets(*names: str) -> list[CharacterSheet]:
    return [CharacterSheet(name=name) for name in names]


def names(studio: Studio, project_id: str) -> list[str]:
    return [character.sheet.name for character in studio.cast(project_id).all()]


@settings(max_examples=10)
@given(
    st.builds(
        CharacterSheet,
        name=words.map(lambda text: f"N{text}"),
        role=st.sampled_from(Role),
        age=st.none() | st.integers(1, 120),
        description=words,
        appearance=st.builds(Appearance, hair=words),
    )
)
def test_a_character_comes_back_as_it_was(cloud: None, sheet: CharacterSheet) -> None:
    studio = opened()
    [made] = studio.cast(a_project(studio)).add([sheet], AT)
    assert studio.cast(made.project_id).get(made.character_id) == made
    assert studio.cast(made.project_id).all() == [made]


def test_a_stale_edit_of_a_project_is_refused(studio: Studio) -> None:
    project_id = a_project(studio)
    edited = studio.projects.edit(project_id, Brief(title="One"), 1, AT)
    assert edited.version == 2
    with pytest.raises(Conflict, match="edited version 1, the stored one is 2"):
        studio.projects.edit(project_id, Brief(title="Two"), 1, AT)
    assert studio.projects.get(project_id) == edited


def test_a_stale_edit_of_a_character_is_refused(studio: Studio) -> None:
    cast = studio.cast(a_project(studio))
    [made] = cast.add(sheets("Hodan"), AT)
    changed = cast.replace(made, AT)
    assert changed.version == 2
    with pytest.raises(Conflict, match="changed meanwhile"):
        cast.replace(made, AT)


def test_names_in_a_cast_differ_whatever_their_case(studio: Studio) -> None:
    cast = studio.cast(a_project(studio))
    [hodan, _] = cast.add(sheets("Hodan", "Straße"), AT)
    for name in ("hodan", "HODAN", "STRASSE"):
        with pytest.raises(Conflict, match="names must differ"):
            cast.add(sheets(name), AT)
    with pytest.raises(Conflict):
        cast.add(sheets("Bile", "bile"), AT)
    with pytest.raises(Conflict):
        cast.replace(hodan.model_copy(update={"sheet": CharacterSheet(name="straße")}), AT)
    assert len(cast.all()) == 2


def test_several_are_added_all_or_none(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    project_id = a_project(studio)
    studio.cast(project_id).add(sheets("Hodan"), AT)
    with pytest.raises(Conflict):
        studio.cast(project_id).add(sheets("Bile", "Hodan"), AT)
    with pytest.raises(TooLarge, match="at most 40 people; this one has 1"):
        studio.cast(project_id).add(sheets(*map(str, range(MAX_CAST))), AT)
    writes = []
    client = studio.client("dynamodb")

    def cut_short(name: str, request: dict[str, Any]) -> Any:
        writes.append(name)
        if len(writes) > 1:
            raise KeyboardInterrupt
        return getattr(type(client), name)(client, **request)

    with monkeypatch.context() as cut:
        # Whoever stores a full cast in several writes may be stopped after the first.
        for name in ("batch_write_item", "transact_write_items", "put_item"):
            cut.setattr(client, name, lambda _name=name, **request: cut_short(_name, request))
        with suppress(KeyboardInterrupt):
            studio.cast(project_id).add(sheets(*map(str, range(MAX_CAST - 1))), AT)
    assert len(names(studio, project_id)) in {1, MAX_CAST}


def test_adding_nobody_is_no_error(studio: Studio) -> None:
    project_id = a_project(studio)
    assert studio.cast(project_id).add([], AT) == []


def test_a_deleted_project_takes_its_cast_along_and_no_other(studio: Studio) -> None:
    gone, stays = a_project(studio), a_project(studio)
    for project_id in (gone, stays):
        studio.cast(project_id).add(sheets("Hodan", "Bile"), AT)
    studio.projects.delete(gone)
    with pytest.raises(NotFound):
        studio.cast(gone)
    assert studio.partition.all(f"CHARACTER#{gone}#") == []
    assert names(studio, stays) == ["Hodan", "Bile"]


def test_nothing_of_another_owner_is_ever_seen(studio: Studio) -> None:
    project_id = a_project(studio)
    [made] = studio.cast(project_id).add(sheets("Hodan"), AT)
    attachment, _ = studio.attachments.announce("Face", "image/png", AT)
    studio.videos.put("e/clips/1.png", b"x", "image/png")
    other = opened()
    for look in (
        lambda: other.projects.get(project_id),
        lambda: other.projects.edit(project_id, Brief(title="Mine"), 1, AT),
        lambda: other.projects.delete(project_id),
        lambda: other.cast(project_id),
        lambda: other.attachments.get(attachment.attachment_id),
        lambda: other.attachments.read(attachment.attachment_id),
        lambda: other.attachments.delete(attachment.attachment_id),
        lambda: other.runs.get(made.character_id),
    ):
        with pytest.raises(NotFound):
            look()
    assert other.projects.page(9, None) == other.attachments.page(9, None) == other.runs.page(9, None) == ([], None)
    assert other.videos.get("e/clips/1.png") is None
    assert other.videos.head("e/clips/1.png") is None
    assert list(other.videos.under("")) == []
    other.videos.delete_under("")
    assert studio.videos.get("e/clips/1.png") == b"x"
    assert studio.projects.get(project_id).brief.title == "Walahi House"


def test_an_owner_whose_name_begins_like_another_s_is_another(cloud: None) -> None:
    first = an_owner()
    short, long = opened(first), opened(f"{first}-too")
    long.videos.put("a.txt", b"long", "text/plain")
    a_project(long)
    short.videos.delete_under("")
    assert list(short.videos.under("")) == []
    assert short.projects.page(9, None) == ([], None)
    assert long.videos.get("a.txt") == b"long"
