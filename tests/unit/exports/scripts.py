"""What exports are tested with: a script that has a bit of everything, and scripts of hostile text."""

from typing import Any

from hypothesis import strategies as st

from studio.domain.base import clean
from studio.domain.script import Beat, ClipDescription, Delivery, Guest, Line, Scene, Script

HOSTILE = [
    "</Text><Paragraph>&amp;", "--> 00:00:01.000", "<v Eve><b>x", "=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx",
    "a\r\nb", "{\\an8}", "WEBVTT", "1", "01:00:00:00", "* FROM CLIP NAME: x", "TITLE: x", "\ufeff=1", "a;=1", '"',
    "قولي والله", "שלום (3)", "日本語のテキスト、", "\U0001f469\u200d\U0001f467", "e\u0301", "\u202eevil", "\ufffe",
    "\U0010ffff", "\ue000", "a\u2028b", "\x0b", "Ω≈ç√∫",
]  # fmt: skip

nasty = (
    st.one_of(
        st.text(max_size=120),
        st.lists(st.sampled_from([*HOSTILE, " ", "word", "\n"]), max_size=12).map("".join),
        st.just("word " * 150),
        st.just("W" * 300),
    )
    .map(clean)
    .filter(lambda text: bool(" ".join(text.split())))
)
"""Text as the domain lets it in."""


def script(**changes: Any) -> Script:
    """Return a script of three scenes and four clips; `text`, `speaker`, `action` … go into its first scene."""
    first = Line(
        speaker=changes.get("speaker", "Hodan Warsame"),
        text=changes.get("text", "I never said that."),
        delivery=changes.get("delivery", Delivery.DIALOGUE),
        direction=changes.get("direction", ""),
    )
    scenes = [
        Scene(
            number=1,
            heading=changes.get("heading", "INT. KITCHEN - NIGHT"),
            beat=Beat.COLD_OPEN,
            action=changes.get("action", "Hodan drops the letter.\n\nNobody moves."),
            lines=[first, Line(speaker="Bile", text="You did. Everybody heard you, on the roof, in March.")],
        ),
        Scene(
            number=2,
            heading="INT. CONFESSIONAL - DAY",
            beat=Beat.CONFESSIONAL,
            action="She faces the lens.",
            lines=[
                Line(speaker="Hodan Warsame", text="He is lying.", delivery=Delivery.CONFESSIONAL, direction="flat")
            ],
        ),
        Scene(
            number=3,
            heading="EXT. ROOF - DAWN",
            beat=Beat.CLIFFHANGER,
            action="Rain.",
            lines=[Line(speaker="Bile", text="Then who wrote it?", delivery=Delivery.VOICE_OVER)],
        ),
    ]
    clips = [
        ClipDescription(number=1, scene=1, lines=[1], description=changes.get("description", "The letter falls.")),
        ClipDescription(
            number=2, scene=1, lines=[2], description="Bile stands.", people=changes.get("people", ["Bile"])
        ),
        ClipDescription(number=3, scene=2, description="Hodan faces us.", people=["Hodan Warsame"]),
        ClipDescription(number=4, scene=3, description="Rain on an empty roof."),
    ]
    return Script(
        title=changes.get("title", "The Letter"),
        synopsis="A letter turns up.",
        guests=[Guest(name="Hodan Warsame"), Guest(name="Bile")],
        scenes=changes.get("scenes", scenes),
        clips=changes.get("clips", clips),
        open_question=changes.get("open_question", "Who wrote it?"),
    )


def shooting(spoken: list[int], lines: list[list[int]]) -> Script:
    """Return a one-scene script: lines of so many words, and clips that name such lines."""
    said = [Line(speaker="Bile", text=" ".join(["word"] * words)) for words in spoken]
    scene = Scene(number=1, heading="INT. HALL - DAY", beat=Beat.TWIST, action="x", lines=said)
    clips = [ClipDescription(number=n, scene=1, lines=named, description="x") for n, named in enumerate(lines, 1)]
    return script(scenes=[scene], clips=clips)


@st.composite
def hostile_scripts(draw: st.DrawFn) -> Script:
    """Scripts whose every text is nasty."""

    def one(limit: int) -> str:
        return clean(" ".join(draw(nasty).split())[:limit]) or "x"

    return script(
        title=one(160), heading=one(300), action=draw(nasty), speaker=one(80), text=draw(nasty), direction=one(300),
        description=draw(nasty), people=[one(80), one(80)], open_question=one(300),
        delivery=draw(st.sampled_from(Delivery)),
    )  # fmt: skip
