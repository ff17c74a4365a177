"""What is said of a product: no more than there is, and no promises."""

import pytest

from studio.domain.product import ProductFile, ProductPart
from studio.domain.product_copy import ProductCopy, copy_problems, full_description, plain_copy
from tests.unit.made import a_script

SCRIPT = a_script()


def a_file(part: str = "script_pdf", holds: str = "the screenplay as PDF") -> ProductFile:
    name = "script.pdf" if part == "script_pdf" else "stills.zip"
    told = {"name": name, "label": name, "media_type": "application/pdf", "bytes": 1, "sha256": "0" * 64}
    return ProductFile.model_validate({"part": part, "holds": holds} | told)


FILES = (a_file(), a_file("stills_zip", "3 stills (1344 × 768)"))
GOOD = "The screenplay and 3 stills of an episode in which a dinner goes wrong."


def problems(text: str, title: str = "The Dinner: script and stills", files: tuple[ProductFile, ...] = FILES) -> str:
    return " ".join(copy_problems(ProductCopy(title=title, description=text), files, SCRIPT))


def test_what_is_true_is_let_pass() -> None:
    assert problems(GOOD) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wallpapers for your phone, beside the script.", "no such thing inside: wallpapers"),
        ("the script, and the whole video.", "no such thing inside: video"),
        ("the best script there is, guaranteed.", "promises what nobody can hold to: best, guaranteed"),
        ("the script, free for commercial use.", "commercial use"),
        ("the script and 12 stills.", "not in what is given: 12"),
        ("the script. More at www.example.com.", "addresses"),
        ("the script. Write to me@example.org.", "addresses"),
        ("the script for only $5.", "price"),
        ("everything a fan could want of it.", "by its name"),
    ],
)
def test_what_is_not_true_or_nobody_can_hold_to_is_told(text: str, said: str) -> None:
    padded = f"A dinner goes wrong, and this is about it: {text}"
    assert said in problems(padded, title="The Dinner")


def test_what_is_too_long_or_too_short_is_told() -> None:
    assert "40 to 500" in problems("The script.")
    assert "80 at most" in problems(GOOD, title="The script of " + "x" * 80)


def test_what_the_story_says_is_no_claim() -> None:
    script = a_script(title="The Best Video", synopsis="Hodan wins the best video of 1999.")
    text = "The script of the episode about the best video of 1999."
    copy = ProductCopy(title="The Best Video: script", description=text)
    assert copy_problems(copy, FILES, script) == []


def test_the_plain_text_of_a_rehearsal_keeps_the_rules() -> None:
    long = a_script(title="A title that goes on " * 7, synopsis="Somebody wants something. And so on.")
    for script in (SCRIPT, long):
        for files in (FILES, FILES[:1], FILES[1:]):
            assert copy_problems(plain_copy(files, script), files, script) == []
    assert plain_copy(FILES, SCRIPT).title == "The Dinner: the screenplay and the stills"


def test_what_is_inside_and_how_it_was_made_is_always_said() -> None:
    told = full_description(GOOD, FILES, draft=False)
    assert told.endswith("Inside: the screenplay as PDF; 3 stills (1344 × 768). Everything in it was made with AI.")
    assert "marked DRAFT" in full_description(GOOD, FILES, draft=True)
    assert {part.value for part in ProductPart} == {"script_pdf", "stills_zip", "wallpapers"}
