"""The ready-made casts."""

from studio.casts import ready_made
from studio.domain.project import Role


def test_say_walahi_is_there_with_eight_people_who_want_and_hide_something() -> None:
    cast = ready_made()["say-walahi"]
    assert cast.title == "Say Walahi"
    assert len(cast.characters) == 8
    for sheet in cast.characters:
        assert sheet.wants
        assert sheet.hides
        assert sheet.voice
        assert sheet.description


def test_a_painter_can_tell_everybody_in_a_cast_apart() -> None:
    for cast in ready_made().values():
        for field in ("build", "hair", "skin", "wardrobe"):
            looks = [getattr(sheet.appearance, field) for sheet in cast.characters]
            assert all(len(look.split()) >= 3 for look in looks)
            assert len(set(looks)) == len(looks)


def test_nobody_shares_a_name_and_somebody_leads() -> None:
    for cast in ready_made().values():
        names = [sheet.name.split()[0] for sheet in cast.characters]
        assert len(set(names)) == len(names)
        assert [s.role for s in cast.characters].count(Role.LEAD) == 1


def test_a_description_is_one_line() -> None:
    for key, cast in ready_made().items():
        assert cast.id == key
        assert "\n" not in cast.description
