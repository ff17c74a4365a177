"""A script as people read it: Markdown for the eye, Fountain (https://fountain.io/syntax) for screenwriting software.

Everything a user or a model wrote is escaped, so that neither format ever takes a word of it for an instruction.
"""

import re

from studio.domain.script import Beat, ClipDescription, Delivery, Line, Scene, Script, spoken_seconds

_WORD_JOINER = "\u2060"
# Fountain documents backslashes for emphasis only. Inside a speech there is no documented way to say "this is not a
# lyric, not a parenthetical", so an invisible character keeps the mark from standing first in its line.

BEATS = {
    Beat.COLD_OPEN: "Cold open",
    Beat.CONFESSIONAL: "Confessional",
    Beat.ALLIANCE: "Alliance",
    Beat.BETRAYAL: "Betrayal",
    Beat.ESCALATION: "Escalation",
    Beat.TWIST: "Twist",
    Beat.CLIFFHANGER: "Cliffhanger",
    Beat.RESOLUTION: "Resolution",
}
EXTENSIONS = {Delivery.CONFESSIONAL: "CONFESSIONAL", Delivery.VOICE_OVER: "V.O."}
_OFF_SCREEN = {"o.s.", "os", "off screen", "off-screen", "offscreen"}
_HEADING = re.compile(r"(INT\.?/EXT|EXT\.?/INT|INT|EXT|EST|I/E)[. ]", re.IGNORECASE)
DRAFT_NOTE = "DRAFT: composed by the rehearsal writer, without a language model."


def to_markdown(script: Script, *, provider: str, prompt: str) -> str:
    """Return the script as Markdown.

    provider: who wrote it ("draft", "gemini" …); a draft says so at the top. prompt: what the creator asked for.
    """
    parts = [f"# {_md(script.title)}"]
    if provider == "draft":
        parts.append(f"**{DRAFT_NOTE}**")
    parts += [_md_block(script.synopsis), f"> *Prompt:* {_md(shortened(prompt, 60))}"]
    parts += ["## On screen", "\n".join(_md_person(name, script) for name in _on_screen(script))]
    parts += ["## Script", f"*About {max(1, round(spoken_seconds(script)))} seconds of speech.*"]
    for scene in script.scenes:
        parts += [f"### {scene.number}. {_md(scene.heading)}", f"*{BEATS[scene.beat]}*", _md_block(scene.action)]
        parts += [_md_line(line) for line in scene.lines]
    if script.open_question:
        parts += ["---", f"*To be continued.* **{_md(script.open_question)}**"]
    parts += ["## Shot list", *(_md_clip(clip) for clip in script.clips)]
    return "\n\n".join(parts) + "\n"


def to_fountain(script: Script, *, provider: str, prompt: str, draft_date: str = "") -> str:
    """Return the script in Fountain, with the clips as notes after the scenes they come from.

    provider and prompt: as in `to_markdown`. draft_date goes on the title page as it is; nothing there without it.
    """
    page = {
        "Title": script.title,
        "Credit": "Written by",
        "Author": author(provider),
        "Source": f"From the prompt: {shortened(prompt, 60)}",
        "Draft date": draft_date,
        "Notes": DRAFT_NOTE if provider == "draft" else "",
    }
    blocks = ["\n".join(f"{key}: {_inline(value)}" for key, value in page.items() if value)]
    blocks.append(f"= {_inline(script.synopsis)}")
    for scene in script.scenes:
        blocks += [_heading(scene), f"= {BEATS[scene.beat]}", _action(scene.action)]
        blocks += [_speech(line) for line in scene.lines]
        blocks += [_note(clip) for clip in script.clips if clip.scene == scene.number]
    if script.open_question:
        blocks += [_action(script.open_question), "> TO BE CONTINUED <"]
    return "\n\n".join(blocks) + "\n"


def author(provider: str) -> str:
    """Return whom the title page names."""
    return "Episode Studio, draft composer" if provider == "draft" else f"Episode Studio, with {provider}"


def cue_of(line: Line) -> tuple[str, str]:
    """Return what stands in brackets after the name ("V.O.", "" …), and the parenthetical without its brackets."""
    extension, direction = EXTENSIONS.get(line.delivery, ""), line.direction
    if not extension and direction.casefold().strip("()") in _OFF_SCREEN:
        return "O.S.", ""
    return extension, direction.replace("(", "").replace(")", "")


def shortened(text: str, limit: int) -> str:
    """Return at most `limit` words of `text`, on one line."""
    words = text.split()
    return " ".join(words[:limit]) + (" …" if len(words) > limit else "")


def _on_screen(script: Script) -> list[str]:
    """Return who speaks or is seen, in order of appearance."""
    speakers = [line.speaker for scene in script.scenes for line in scene.lines]
    return list(dict.fromkeys(speakers + [name for clip in script.clips for name in clip.people]))


# Markdown


def _md(text: str) -> str:
    """Return `text` as one line in which nothing is Markdown or HTML."""
    line = re.sub(r"([\\`*_{}\[\]<>#|~!$^])", r"\\\1", " ".join(text.split()))
    line = line.replace("&", "&amp;").replace("\\<", "&lt;").replace("\\>", "&gt;").replace("://", "\\://")
    line = re.sub(r"^([-+=])", r"\\\1", line)
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", line)


def _md_block(text: str) -> str:
    """Return `text` with its paragraphs kept and everything else escaped."""
    return "\n\n".join(_md(paragraph) for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip())


def _md_person(name: str, script: Script) -> str:
    described = {guest.name: guest.description for guest in script.guests}
    about = f": {_md(described[name])}" if described.get(name) else ""
    return f"- **{_md(name)}**{' (guest)' if name in described else ''}{about}"


def _md_line(line: Line) -> str:
    notes = [EXTENSIONS[line.delivery].lower().replace("v.o.", "voice-over")] if line.delivery in EXTENSIONS else []
    notes += [_md(line.direction)] if line.direction else []
    aside = f" *({', '.join(notes)})*" if notes else ""
    return f"**{_md(line.speaker)}**{aside}: {_md(line.text)}"


def _md_clip(clip: ClipDescription) -> str:
    camera = f"{clip.size.value}, {clip.angle.value}, {clip.lens_mm} mm, {clip.move.value}".replace("_", " ")
    people = f" With {', '.join(_md(name) for name in clip.people)}." if clip.people else ""
    return f"**Clip {clip.number}** (scene {clip.scene}; {camera}).{people}\n\n{_md_block(clip.description)}"


# Fountain


def _inline(text: str) -> str:
    """Return `text` as one line without emphasis, notes or boneyards."""
    line = re.sub(r"([\\*_])", r"\\\1", " ".join(text.split()))
    return _apart(line)


def _apart(line: str) -> str:
    """Return `line` with the brackets of a note moved apart; Fountain has no escape for them."""
    return re.sub(r"\[(?=\[)", "[ ", re.sub(r"\](?=\])", "] ", line))


def _heading(scene: Scene) -> str:
    text = _inline(scene.heading.replace("#", ""))
    if not _HEADING.match(text):
        # A forced heading is a period followed by a letter or digit; anything else would be action.
        text = f".{text}" if text[:1].isalnum() else f".SCENE {scene.number} {text}".rstrip()
    return f"{text} #{scene.number}#"


def _action(text: str) -> str:
    paragraphs = (" ".join(p.split()) for p in re.split(r"\n\s*\n", text))
    return "\n\n".join(_action_line(p) for p in paragraphs if p)


def _action_line(text: str) -> str:
    line = _inline(text)
    looks_like_more = line[0] in "#=>!.~@(" or _HEADING.match(line) or line == line.upper()
    return f"!{line}" if looks_like_more else line


def _speech(line: Line) -> str:
    extension, direction = cue_of(line)
    rows = [_cue(line.speaker) + (f" ({extension})" if extension else "")]
    if direction:
        rows.append(f"({_inline(direction)})")
    # Two spaces keep an empty line inside the speech; a truly empty one would end it.
    rows += [_spoken(row) if row.strip() else "  " for row in line.text.strip().split("\n")]
    return "\n".join(rows)


def _cue(name: str) -> str:
    """Return the name as a cue: upper case where its letters have cases, forced with @ where it would be misread."""
    # Brackets would read as an extension and a trailing caret as dual dialogue.
    plain = _inline(re.sub(r"\s*\(([^()]*)\)", r" – \1", name).replace("(", "").replace(")", "").replace("^", ""))
    upper = plain.upper()
    letters = [c for c in plain if c.isalpha()]
    cased = bool(letters) and all(c.upper() != c.lower() for c in letters) and not any(c.islower() for c in upper)
    if cased and upper[0].isalnum() and not _HEADING.match(upper + " ") and not upper.endswith("TO:"):
        return upper
    return f"@{plain or 'UNNAMED'}"


def _spoken(row: str) -> str:
    text = _inline(row)
    return _WORD_JOINER + text if text[:1] and text[0] in "#=>!.~@([" else text


def _note(clip: ClipDescription) -> str:
    camera = f"{clip.size.value}, {clip.angle.value}, {clip.lens_mm} mm, {clip.move.value}".replace("_", " ")
    text = _inline(clip.description).replace("]", ")").replace("[", "(")
    return f"[[Clip {clip.number} ({camera}): {text}]]"
