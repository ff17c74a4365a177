"""Everything on paper of one episode, put together from its stages' artifacts."""

from collections.abc import Iterable
from functools import cached_property

from studio.domain.culture import SceneCulture
from studio.domain.direction import Look, SceneDirection
from studio.domain.episode import Part, StageRecord
from studio.domain.hooks import HookChoice
from studio.domain.pipeline import Step
from studio.domain.revision import revised
from studio.domain.script import ClipDescription, Script
from studio.domain.storyboard import Outline, SceneBoard, clips_of

NO_SCRIPT = "The episode has no script yet. Write one first: script-generator-bot does."


class Paper:
    """What the stages have made so far. What is not there yet is None, or empty."""

    def __init__(self, records: Iterable[StageRecord]) -> None:
        self.records = {record.name: record for record in records}

    def with_record(self, record: StageRecord) -> "Paper":
        """Return a copy that has this record, in the place of its stage's."""
        return Paper((self.records | {record.name: record}).values())

    @cached_property
    def written(self) -> Script | None:
        """The script as its writer left it, or as a person edited it."""
        part = self._part(Step.SCRIPT, "script")
        return Script.model_validate_json(part.document) if part else None

    @cached_property
    def culture(self) -> dict[int, SceneCulture]:
        """What was rooted in place and community, by scene."""
        parts = self._scenes(Step.CULTURE)
        return {number: SceneCulture.model_validate_json(part.document) for number, part in parts.items()}

    @cached_property
    def told(self) -> Script | None:
        """The script that is directed and shot: written, and rooted."""
        if self.written is None:
            return None
        return revised(self.written, [scene.revision for scene in self.culture.values()], held=self.held)

    @cached_property
    def held(self) -> frozenset[str]:
        """The texts of the script that a person wrote, by name."""
        part = self._part(Step.SCRIPT, "script")
        return frozenset(part.held if part else ())

    @cached_property
    def look(self) -> Look | None:
        """The episode's look."""
        part = self._part(Step.DIRECTION, "look")
        return Look.model_validate_json(part.document) if part else None

    @cached_property
    def directions(self) -> dict[int, SceneDirection]:
        """How each scene is done, by its number."""
        parts = self._scenes(Step.DIRECTION)
        return {number: SceneDirection.model_validate_json(part.document) for number, part in parts.items()}

    @cached_property
    def outline(self) -> Outline | None:
        """The episode seen from above."""
        part = self._part(Step.STORYBOARD, "outline")
        return Outline.model_validate_json(part.document) if part else None

    @cached_property
    def boards(self) -> dict[int, SceneBoard]:
        """The storyboard, by scene."""
        parts = self._scenes(Step.STORYBOARD)
        return {number: SceneBoard.model_validate_json(part.document) for number, part in parts.items()}

    @cached_property
    def drawn(self) -> dict[int, ClipDescription]:
        """The clips as the storyboard has them, by number, but for those that the script has in another scene now."""
        scenes = {clip.number: clip.scene for clip in self.written.clips} if self.written else {}
        return {clip.number: clip for clip in clips_of(self.boards) if scenes.get(clip.number) == clip.scene}

    @property
    def first_picture(self) -> str:
        """What the first picture of scene 1 shows, as far as anybody has said."""
        if self.told is None:
            return ""
        opening = self.told.scenes[0].number
        board = self.boards.get(opening)
        pictures = [shot.description for shot in board.shots] if board else []
        pictures += [clip.description for clip in self.told.clips if clip.scene == opening]
        return pictures[0] if pictures else ""

    @cached_property
    def hooks(self) -> HookChoice | None:
        """The ranked hooks, and the one that was chosen."""
        part = self._part(Step.HOOKS, "hooks")
        return HookChoice.model_validate_json(part.document) if part else None

    @cached_property
    def script(self) -> Script | None:
        """The script as it will be shot: rooted, with the storyboard's clips, and opened by the chosen hook."""
        script = self.told
        if script is None:
            return None
        script = script.model_copy(update={"clips": [self.drawn.get(clip.number, clip) for clip in script.clips]})
        if self.hooks is not None:
            script = revised(script, [self.hooks.revision], self.hooks.title, self.held)
        return script

    def _part(self, step: Step, key: str) -> Part | None:
        record = self.records.get(step)
        return record.part(key) if record else None

    def _scenes(self, step: Step) -> dict[int, Part]:
        record = self.records.get(step)
        parts = record.parts if record else ()
        return {int(part.key.removeprefix("scene-")): part for part in parts if part.key.startswith("scene-")}
