"""Changes that a stage makes to a script. Each holds only where the text is still the one it was made for.

So a line that somebody edits afterwards stays as they wrote it, and a stage's other changes stand. What somebody wrote
before a stage came to it is held: `title`, `scene-1/action` or `scene-1/line-2` by name.
"""

from collections.abc import Collection, Iterable

from studio.domain.base import Value
from studio.domain.script import Script


class Rewording(Value):
    """One text in the place of another."""

    before: str
    after: str

    def of(self, text: str) -> str:
        """Return what `text` becomes."""
        return self.after if text == self.before else text


class LineRewording(Rewording):
    """Another text for a scene's line; `line` counts from 1."""

    line: int


class SceneRevision(Value):
    """What changes in one scene."""

    scene: int
    action: Rewording | None = None
    lines: tuple[LineRewording, ...] = ()


def revised(
    script: Script,
    scenes: Iterable[SceneRevision],
    title: Rewording | None = None,
    held: Collection[str] = (),
) -> Script:
    """Return the script with the revisions that still fit it; the others, and those of what is held, change nothing."""
    by_scene = {revision.scene: revision for revision in scenes}
    then = []
    for scene in script.scenes:
        revision = by_scene.get(scene.number)
        if revision is None:
            then.append(scene)
            continue
        here = f"scene-{scene.number}"
        rewordings = {wording.line: wording for wording in revision.lines if f"{here}/line-{wording.line}" not in held}
        lines = [
            line.model_copy(update={"text": rewordings[number].of(line.text)}) if number in rewordings else line
            for number, line in enumerate(scene.lines, 1)
        ]
        reworded = revision.action if f"{here}/action" not in held else None
        action = reworded.of(scene.action) if reworded else scene.action
        then.append(scene.model_copy(update={"lines": lines, "action": action}))
    called = title.of(script.title) if title and "title" not in held else script.title
    return script.model_copy(update={"scenes": then, "title": called})


def by_hand(before: Script, after: Script) -> set[str]:
    """Return the names of the texts that differ: what a person wrote from now on, and no stage may reword."""
    found = set() if before.title == after.title else {"title"}
    olds = {scene.number: scene for scene in before.scenes}
    for scene in after.scenes:
        old = olds.get(scene.number)
        here = f"scene-{scene.number}"
        if old is None or old.action != scene.action:
            found.add(f"{here}/action")
        for number, line in enumerate(scene.lines, 1):
            if old is None or number > len(old.lines) or old.lines[number - 1].text != line.text:
                found.add(f"{here}/line-{number}")
    return found


def merged(base: Script, now: Script, then: Script) -> Script:
    """Return `base` with what a person changed from `now` to `then`.

    base: what the script writer wrote; now: the same after other stages' revisions; then: `now` as the person left it.
    What they did not touch stays as it is in `base`, so that the revisions still fit.
    """
    bases = {scene.number: scene for scene in base.scenes}
    nows = {scene.number: scene for scene in now.scenes}
    scenes = []
    for scene in then.scenes:
        original, shown = bases.get(scene.number), nows.get(scene.number)
        if original is None or shown is None or len(shown.lines) != len(scene.lines):
            scenes.append(scene)
            continue
        lines = [
            written if edited == seen else edited
            for written, seen, edited in zip(original.lines, shown.lines, scene.lines, strict=True)
        ]
        action = original.action if scene.action == shown.action else scene.action
        scenes.append(scene.model_copy(update={"lines": lines, "action": action}))
    title = base.title if then.title == now.title else then.title
    synopsis = base.synopsis if then.synopsis == now.synopsis else then.synopsis
    return then.model_copy(update={"scenes": scenes, "title": title, "synopsis": synopsis})
