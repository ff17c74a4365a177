"""What the stages put on paper, for a person to read."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from local.steps import LABELS, STAGES

type Json = Mapping[str, Any]
type Rows = list[RenderableType]


def overview(episode: Json, artifacts: Iterable[Json]) -> RenderableType:
    """Every stage of an episode, one after the other."""
    made = list(artifacts)
    if not made:
        return "No stage has worked on this episode yet."
    pages: Rows = [f"[bold]{escape(episode.get('title') or 'Untitled')}[/]  [dim]{episode['episode_id']}[/]"]
    for artifact in made:
        pages += ["", page(artifact, episode)]
    return Group(*pages)


def page(artifact: Json, episode: Json) -> RenderableType:
    """What one stage made: its parts, what its checks let pass, and what an edit has left behind."""
    name = artifact["stage"]
    heading = f"[bold cyan]{str(LABELS.get(name, name)).capitalize()}[/]  [dim]{name}, {escape(artifact['status'])}[/]"
    rows: Rows = [heading]
    if artifact["reason"]:
        rows.append(f"[yellow]{escape(artifact['reason'])}[/]")
    rows += [f"[yellow]note[/] {escape(note)}" for note in artifact["notes"]]
    for part in artifact["parts"]:
        marks = "".join(f"  [magenta]{mark}[/]" for mark in ("edited", "stale") if part[mark])
        rows += ["", f"[bold]{_title(part['key'])}[/]{marks}"]
        told = _PAGES[name](part["key"], part["document"], episode) if name in _PAGES else [str(part["document"])]
        rows += [Padding(row, (0, 0, 0, 2)) for row in told]
    if any(part["stale"] for part in artifact["parts"]):
        rows += [
            "",
            "[dim]Stale parts were made from something that has changed since; the next take makes them anew.[/]",
        ]
    return Group(*rows)


def stale(episode: Json) -> list[str]:
    """Each stage with parts that an edit has left behind, and the clips whose paper has changed, in words."""
    found = [
        f"{LABELS.get(stage['name'], stage['name'])}: {', '.join(_title(key) for key in stage['stale'])}"
        for stage in episode.get("stages", [])
        if stage.get("stale")
    ]
    clips = [str(clip["number"]) for clip in episode.get("clips", []) if clip.get("stale")]
    return found + ([f"clips: {', '.join(clips)}"] if clips else [])


def _title(key: str) -> str:
    return escape(key.replace("-", " ").capitalize())


def _pairs(document: Json, *names: str) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    for name in names:
        if document.get(name) not in (None, "", []):
            grid.add_row(f"[dim]{name.replace('_', ' ')}[/]", escape(str(document[name])))
    return grid


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _script(_: str, script: Json, __: Json) -> Rows:
    rows: Rows = [f"[bold]{escape(script['title'])}[/]", escape(script["synopsis"])]
    for scene in script["scenes"]:
        rows += ["", f"[bold]{scene['number']}. {escape(scene['heading'])}[/]  [dim]{escape(scene['beat'])}[/]"]
        rows.append(escape(scene["action"]))
        rows += [
            f"[bold]{escape(line['speaker'])}[/]{_manner(line)}: {escape(line['text'])}" for line in scene["lines"]
        ]
    if script.get("open_question"):
        rows += ["", f"[italic]{escape(script['open_question'])}[/]"]
    return rows


def _manner(line: Json) -> str:
    delivery = str(line.get("delivery") or "dialogue").replace("_", " ")
    told = ", ".join(word for word in (delivery if delivery != "dialogue" else "", line.get("direction") or "") if word)
    return f" [dim]({escape(told)})[/]" if told else ""


def _culture(key: str, document: Json, _: Json) -> Rows:
    if key == "plan":
        return _plan(document)
    rows = _references(document["references"])
    revision = document["revision"]
    changes = [("action", revision["action"])] if revision.get("action") else []
    changes += [(f"line {line['line']}", line) for line in revision["lines"]]
    for what, change in changes:
        rows.append(f"[dim]{what}[/]")
        rows += [f"[red]- {escape(change['before'])}[/]", f"[green]+ {escape(change['after'])}[/]"]
    rows += [
        f"[yellow]cliché[/] “{escape(found['words'])}” "
        f"[dim]({'line ' + str(found['line']) if found['line'] else 'action'})[/] {escape(found['why'])}"
        for found in document["stereotypes"]
    ]
    return rows or ["[dim]left as it was[/]"]


def _plan(plan: Json) -> Rows:
    setting = plan["setting"]
    rows: Rows = [_pairs({"lands": ", ".join(setting["lands"]), "air date": setting["air_date"]}, "lands", "air date")]
    rows += [
        f"[dim]{escape(day['written'])}[/] {escape(day['name'])} [dim]{escape(day['land'])}"
        f"{', estimated' if day['estimated'] else ''}[/]"
        for day in setting["observances"]
    ]
    rows += _references(plan["references"])
    return rows + [f"[yellow]avoid[/] “{escape(a['words'])}”: {escape(a['why'])}" for a in plan["avoid"]]


def _references(references: Iterable[Json]) -> Rows:
    return [
        f"• {escape(reference['what'])}: {escape(reference['why'])}  [dim]{escape(reference['source'])}[/]"
        for reference in references
    ]


def _direction(key: str, document: Json, _: Json) -> Rows:
    if key == "look":
        return [_pairs(document, "palette", "light", "lens", "texture")]
    rows: Rows = [_pairs(document, "intention", "blocking", "lighting", "colour")]
    rows += [f"[bold]{escape(note['person'])}[/]: {escape(note['note'])}" for note in document["performance"]]
    rows += [f"[dim]camera {camera['label']}[/] {camera_words(camera)}" for camera in document["cameras"]]
    return rows


def _storyboard(key: str, document: Json, _: Json) -> Rows:
    if key != "outline":
        rows: Rows = [shots_table([(None, shot) for shot in document["shots"]])]
        rows += [f"[dim]line {e['line']}[/] {escape(_happened(kind, e))}" for kind in _KINDS for e in document[kind]]
        return rows
    table = _table("Scene", "Beat", "Tension", "Purpose")
    for beat in document["beats"]:
        tension = f"{'▮' * beat['tension']}[dim]{'▯' * (10 - beat['tension'])}[/] {beat['tension']}"
        table.add_row(str(beat["scene"]), escape(beat["beat"].replace("_", " ")), tension, escape(beat["purpose"]))
    secrets = [f"[dim]{s['key']}[/] {escape(s['holder'])} hides: {escape(s['what'])}" for s in document["secrets"]]
    return [_pairs(document, "format", "arc"), table, *secrets]


_KINDS = ("learns", "bonds", "facts", "threads")


def _happened(kind: str, entry: Json) -> str:
    if kind == "learns":
        return f"{entry['person']} learns {entry['secret']}" + (f" from {entry['source']}" if entry["source"] else "")
    if kind == "bonds":
        return f"{entry['one']} and {entry['other']} are {entry['kind']}"
    if kind == "facts":
        return f"{entry['person']}, {entry['about']}: {entry['value']}"
    return f"{entry['state']}: {entry['question']}"


def storyboard_table(artifact: Json) -> Table:
    """The whole shot list, scene by scene."""
    shots = [
        (part["key"].removeprefix("scene-"), shot)
        for part in artifact["parts"]
        if part["key"].startswith("scene-")
        for shot in part["document"]["shots"]
    ]
    return shots_table(shots)


def shots_table(shots: Iterable[tuple[str | None, Json]]) -> Table:
    """Shots with what is seen, who, how it is shot, which lines run, and which clip it becomes."""
    listed = list(shots)
    scenes = any(scene is not None for scene, _ in listed)
    table = _table(*(["Scene"] if scenes else []), "Shot", "Clip", "Lines", "Camera", "Who", "What is seen")
    for scene, shot in listed:
        table.add_row(
            *([str(scene)] if scenes else []),
            str(shot["shot"]),
            str(shot.get("clip") or "[dim]–[/]"),
            ", ".join(map(str, shot["lines"])),
            camera_words(shot),
            escape(", ".join(shot["people"])),
            escape(shot["description"]),
        )
    return table


def camera_words(camera: Json) -> str:
    """Size, angle, lens and move in words."""
    words = f"{camera['size']}, {camera['angle']}, {camera['lens_mm']} mm, {camera['move']}"
    return escape(words.replace("_", " "))


def _hooks(_: str, document: Json, __: Json) -> Rows:
    table = _table("", "Strength", "Won", "Hook", "Title")
    for place, ranked in enumerate(document["ranking"], 1):
        hook = ranked["hook"]
        said = f"[bold]{escape(hook['speaker'])}[/]: “{escape(hook['said'])}”"
        table.add_row(
            f"[bold]{place}[/]" if place == 1 else str(place),
            f"{ranked['strength']:+.2f} ± {ranked['standard_error']:.2f}",
            f"{ranked['wins']:g} of {ranked['comparisons']}",
            f"{escape(hook['seen'])} {said}  [dim]{escape(hook['kind'])}[/]",
            escape(hook["title"]),
        )
    rows: Rows = [table, "[dim]Strength is Bradley–Terry's log-ability, ± its standard error.[/]"]
    if lead := document.get("lead"):
        ahead = f"{lead['gap']:.2f} ± {lead['standard_error']:.2f}"
        rows.append(f"The first is ahead by {ahead}: with a chance of {lead['chance']:.0%} it is the stronger one.")
    return rows + [f"[dim]because[/] {escape(reason)}" for reason in document.get("why", ())]


_PAGES: dict[str, Callable[[str, Any, Json], Rows]] = dict(
    zip(STAGES, (_script, _culture, _direction, _storyboard, _hooks), strict=True)
)
