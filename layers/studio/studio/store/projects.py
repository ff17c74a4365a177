"""Projects and their casts."""

from collections.abc import Collection, Sequence
from datetime import datetime

from studio.domain.base import new_id
from studio.domain.errors import Conflict, NotFound, TooLarge
from studio.domain.project import Brief, Character, CharacterSheet, Project
from studio.store import keys
from studio.store.table import NEW, ConditionFailedError, Item, Partition, Write, fields

MAX_CAST = 40


class Projects:
    """One owner's shows."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def create(self, brief: Brief, at: datetime) -> Project:
        """Store a new project."""
        project = Project(project_id=new_id(at), brief=brief, created_at=at, updated_at=at)
        self._partition.write(Write("Put", keys.project(project.project_id), _dump(project), condition=NEW))
        return project

    def get(self, project_id: str) -> Project:
        """Return a project. Raises NotFound."""
        return Project.model_validate(fields(_there(self._partition.get(keys.project(project_id)), "project")))

    def page(self, limit: int, cursor: str | None) -> tuple[list[Project], str | None]:
        """Return the newest projects first, and the next cursor."""
        page = self._partition.query(keys.project(), limit=limit, cursor=cursor, newest_first=True)
        return [Project.model_validate(fields(item)) for item in page.items], page.cursor

    def edit(self, project_id: str, brief: Brief, version: int, at: datetime) -> Project:
        """Store another brief. Raises Conflict when `version` is not the stored one."""
        now = self.get(project_id)
        project = now.model_copy(update={"brief": brief, "version": version + 1, "updated_at": at})
        _replace(self._partition, keys.project(project_id), _dump(project), version, now.version)
        return project

    def delete(self, project_id: str) -> None:
        """Delete a project, its cast, its canon and what it learned.

        Episodes stay: each carries the brief it was made from.

        Raises NotFound.
        """
        self.get(project_id)
        prefixes = (keys.character(project_id), keys.canon(project_id), keys.learned(project_id))
        parts = [item for prefix in prefixes for item in self._partition.all(prefix)]
        self._partition.write_each(Write("Delete", item["sk"]) for item in parts)
        self._partition.write(Write("Delete", keys.project(project_id)))


class Cast:
    """The characters of one project."""

    def __init__(self, partition: Partition, project_id: str) -> None:
        self._partition = partition
        self._project_id = project_id

    def all(self) -> list[Character]:
        """Return the cast, oldest first; at most MAX_CAST."""
        return [
            Character.model_validate(fields(item)) for item in self._partition.all(keys.character(self._project_id))
        ]

    def get(self, character_id: str) -> Character:
        """Return a character. Raises NotFound."""
        item = self._partition.get(keys.character(self._project_id, character_id))
        return Character.model_validate(fields(_there(item, "character")))

    def add(self, sheets: Sequence[CharacterSheet], at: datetime, *, real: Collection[str] = ()) -> list[Character]:
        """Store new characters, all or none; `real` names those among them who are real people.

        Raises Conflict for a name that is taken, TooLarge past MAX_CAST.
        """
        here = self.all()
        if len(here) + len(sheets) > MAX_CAST:
            raise TooLarge(f"A cast has at most {MAX_CAST} people; this one has {len(here)}.")
        names = [character.sheet.name.casefold() for character in here]
        for sheet in sheets:
            if sheet.name.casefold() in names:
                raise Conflict(f"There is already a “{sheet.name}” in this cast; names must differ.")
            names.append(sheet.name.casefold())
        new = [
            Character(
                character_id=new_id(at),
                project_id=self._project_id,
                sheet=sheet,
                real_person=sheet.name in real,
                created_at=at,
                updated_at=at,
            )
            for sheet in sheets
        ]
        if new:
            self._partition.write(*(Write("Put", self._sk(character), _dump(character)) for character in new))
        return new

    def replace(self, character: Character, at: datetime) -> Character:
        """Store a changed character. Raises Conflict when its version is not the stored one or its name is taken."""
        others = [c for c in self.all() if c.character_id != character.character_id]
        if character.sheet.name.casefold() in {other.sheet.name.casefold() for other in others}:
            raise Conflict(f"There is already a “{character.sheet.name}” in this cast; names must differ.")
        changed = character.model_copy(update={"version": character.version + 1, "updated_at": at})
        _replace(self._partition, self._sk(character), _dump(changed), character.version, character.version)
        return changed

    def delete(self, character_id: str) -> None:
        """Delete a character. Raises NotFound."""
        self.get(character_id)
        self._partition.write(Write("Delete", keys.character(self._project_id, character_id)))

    def _sk(self, character: Character) -> str:
        return keys.character(self._project_id, character.character_id)


def _dump(thing: Project | Character) -> Item:
    return thing.model_dump(mode="json", exclude_none=True)


def _there(item: Item | None, what: str) -> Item:
    if item is None:
        raise NotFound(f"There is no such {what}.")
    return item


def _replace(partition: Partition, sk: str, item: Item, version: int, stored: int) -> None:
    put = Write("Put", sk, item, condition="#v = :v", names={"#v": "version"}, values={":v": version})
    try:
        partition.write(put)
    except ConditionFailedError as error:
        raise Conflict(
            f"This was changed meanwhile: you edited version {version}, the stored one is {stored}. Read it again."
        ) from error
