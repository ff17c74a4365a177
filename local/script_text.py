"""A script as text that a writer edits in any editor, and that is read back without loss.

    Title: The Dinner
    Synopsis:
      A dinner goes wrong.

    Scene 1: INT. KITCHEN - NIGHT
      Hodan puts a plate on the table.

    @Hodan Warsame | confessional | whispering
      Sit down.

    Clip 1, from scene 1:
      The plate slides across the table.

Marks begin at the edge of the page, words are indented: so nothing that a person writes is taken for a mark. `@` names
who speaks; after it, where they are not the usual, come delivery and manner, set apart by `|` (a `|` or `\\` of their
own is written `\\|`, `\\\\`). Lines may be added, taken out and moved within their scene; scenes and clips stay. What
is not in the text (beats, guests, cameras, who is in a clip) stays as it was. `#` at the edge begins a remark.
"""

import copy
import re
from typing import Any

from local.problems import StudioProblem

Json = dict[str, Any]

DELIVERIES = ("dialogue", "confessional", "voice_over")
_USUAL = DELIVERIES[0]
_INDENT = "  "

HELP = """\
# Change the words and save. Words are indented; marks at the edge (Title, Scene, @, Clip) stay.
# @Name | how it reaches us | how it is said      the last two may be left out; the first of them is one of
#                                                 dialogue, confessional, voice_over
# Lines may be added, taken out and moved within a scene. Scenes and clips stay as many as they are.
"""

_SCENE = re.compile(r"Scene\s+(\d+)\s*:(.*)", re.IGNORECASE)
_CLIP = re.compile(r"Clip\s+(\d+)\b[^:]*:\s*", re.IGNORECASE)
_FIELD = re.compile(r"(Title|Synopsis|Open question)\s*:(.*)", re.IGNORECASE)


def written(script: Json) -> str:
    """The script as text."""
    parts = [HELP, f"Title: {script['title']}", "Synopsis:", _block(script["synopsis"])]
    if script.get("open_question"):
        parts.append(f"Open question: {script['open_question']}")
    for scene in script["scenes"]:
        parts += ["", f"Scene {scene['number']}: {scene['heading']}", _block(scene["action"])]
        for line in scene["lines"]:
            parts += ["", _cue(line), _block(line["text"])]
    for clip in script["clips"]:
        parts += ["", f"Clip {clip['number']}, from scene {clip['scene']}:", _block(clip["description"])]
    return "\n".join(parts) + "\n"


def read(text: str, script: Json) -> Json:
    """`script` with the words of `text`. Raises StudioProblem that names the line of what cannot be read."""
    then = copy.deepcopy(script)
    scenes = {scene["number"]: scene for scene in then["scenes"]}
    clips = {clip["number"]: clip for clip in then["clips"]}
    seen: set[str] = set()
    spoken: dict[int, list[Json]] = {number: [] for number in scenes}
    at: int | None = None
    for number, mark, words in _marked(text):
        name = ""
        if (field := _FIELD.fullmatch(mark)) is not None:
            name = field[1].capitalize()
            then[name.lower().replace(" ", "_")] = _joined(field[2], words)
        elif (scene := _SCENE.fullmatch(mark)) is not None:
            at, name = int(scene[1]), f"Scene {int(scene[1])}"
            if at not in scenes:
                raise _wrong(number, f"there is no scene {at}; scenes cannot be added here")
            scenes[at] |= {"heading": scene[2].strip(), "action": words}
        elif mark.startswith("@"):
            if at is None:
                raise _wrong(number, "somebody speaks before the first scene")
            spoken[at].append(_line(mark[1:], words, number))
        elif (clip := _CLIP.fullmatch(mark)) is not None:
            name = f"Clip {int(clip[1])}"
            if int(clip[1]) not in clips:
                raise _wrong(number, f"there is no clip {int(clip[1])}; clips cannot be added here")
            clips[int(clip[1])]["description"] = words
        else:
            raise _wrong(number, f"“{mark[:40]}” is no mark; words are indented by two spaces")
        if name in seen:
            raise _wrong(number, f"“{name}” is here twice")
        seen |= {name} - {""}
    wanted = ["Title", "Synopsis", *(f"Scene {n}" for n in scenes), *(f"Clip {n}" for n in clips)]
    lost = [name for name in wanted if name not in seen]
    if lost:
        raise StudioProblem(
            f"The text lacks: {', '.join(lost)}.", "Put it back; scenes and clips cannot be taken out here.", code=2
        )
    if "Open question" not in seen:
        then["open_question"] = ""
    for number, scene_now in scenes.items():
        if not spoken[number]:
            raise StudioProblem(f"Nobody speaks in scene {number}.", "A scene needs at least one line.", code=2)
        scene_now["lines"] = spoken[number]
    return then


def _block(text: str) -> str:
    # An empty line stays empty, so that no editor's tidying changes anything.
    return "\n".join(_INDENT + line if line else "" for line in text.split("\n"))


def _cue(line: Json) -> str:
    delivery, direction = line.get("delivery") or _USUAL, line.get("direction") or ""
    parts = [line["speaker"]]
    if delivery != _USUAL or direction.casefold() in DELIVERIES:
        parts.append(delivery)
    if direction:
        parts.append(direction)
    return "@" + " | ".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def _line(cue: str, words: str, number: int) -> Json:
    found = [re.sub(r"\\(.)", r"\1", part).strip() for part in re.findall(r"(?:^|\|)((?:\\.|[^|\\])*)", cue)]
    parts = [part for part in found if part]
    if not found or not found[0]:
        raise _wrong(number, "nobody is named after the @")
    delivery = _USUAL
    if len(parts) > 1 and parts[1].casefold().replace("-", "_").replace(" ", "_") in DELIVERIES:
        delivery = parts.pop(1).casefold().replace("-", "_").replace(" ", "_")
    if len(parts) > 2:
        raise _wrong(number, f"“{parts[1]}” is no delivery; it is one of {', '.join(DELIVERIES)}")
    return {"speaker": parts[0], "text": words, "delivery": delivery, "direction": parts[1] if len(parts) > 1 else ""}


def _marked(text: str) -> list[tuple[int, str, str]]:
    """Each mark with the number of its line, and the words under it."""
    found: list[tuple[int, str, list[str]]] = []
    # Not splitlines: that also cuts at separators which may stand in a text.
    for number, row in enumerate(text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n"), 1):
        if row.startswith("#"):
            continue
        if not row.strip() or row[0] in " \t":
            if found:
                found[-1][2].append(row.removeprefix(_INDENT) if row.startswith(_INDENT) else row[1:])
            elif row.strip():
                raise _wrong(number, "these words stand before any mark")
        else:
            found.append((number, row.rstrip(), []))
    return [(number, mark, "\n".join(words).strip()) for number, mark, words in found]


def _joined(first: str, more: str) -> str:
    return "\n".join(filter(None, [first.strip(), more]))


def _wrong(number: int, what: str) -> StudioProblem:
    return StudioProblem(f"Line {number}: {what}.", "Mend the text and try again.", code=2)
