"""The shot list, read back by the standard library's CSV reader."""

import csv
import io

import pytest
from hypothesis import given

from studio.domain.script import Script
from studio.exports.shots import COLUMNS, to_csv
from tests.unit.exports.scripts import hostile_scripts, script


def rows(written: Script) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(written).removeprefix("\ufeff"), newline=""), strict=True))


def test_a_row_per_clip_says_all_there_is_to_say() -> None:
    made = rows(script())
    assert [row["number"] for row in made] == ["1", "2", "3", "4"]
    assert made[1] == {
        "number": "2", "scene": "1", "heading": "INT. KITCHEN - NIGHT", "beat": "Cold open", "lines": "2",
        "description": "Bile stands.", "people": "Bile", "size": "medium", "angle": "eye level", "lens": "35",
        "move": "push in", "start": "2.00", "end": "5.90",
    }  # fmt: skip


def test_it_is_rfc_4180_with_the_mark_that_excel_needs() -> None:
    text = to_csv(script(description='A "letter", torn'))
    assert text.startswith("\ufeffnumber,scene,")
    assert text.count("\r\n") == 5
    assert '"A ""letter"", torn"' in text


@pytest.mark.parametrize(
    "start", ["=1+1", "+1", "-1", "@SUM(A1)", "\ufeff=1", "\u200b=1", "＝1", " =1", "\t=1", "x;=1"]
)
def test_no_cell_runs_as_a_formula(start: str) -> None:
    cell = rows(script(description=start))[0]["description"]
    assert not cell.lstrip("\ufeff\u200b ").startswith(("=", "+", "-", "@", "＝"))
    assert ";=" not in cell


def test_a_clip_of_no_scene_has_a_row_too() -> None:
    lost = script()
    lost.clips[3] = lost.clips[3].model_copy(update={"scene": 9})
    assert (rows(lost)[3]["heading"], rows(lost)[3]["scene"]) == ("", "9")


@given(hostile_scripts())
def test_any_text_is_one_harmless_cell(written: Script) -> None:
    made = rows(written)
    assert len(made) == 4
    for row in made:
        assert tuple(row) == COLUMNS
        for cell in row.values():
            assert "\n" not in cell
            assert "\r" not in cell
            assert not cell.startswith(tuple("=+-@"))
