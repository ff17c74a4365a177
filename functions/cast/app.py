"""/projects/{id}/characters and /casts: who is in the show."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field

from studio.casts import ReadyMadeCast, ready_made
from studio.domain.attachment import media_type_of
from studio.domain.base import Id, Name, Paragraph, Phrase, Text, Value, Version
from studio.domain.errors import Conflict, Invalid, NotFound
from studio.domain.project import Character, CharacterSheet, Consent, Role
from studio.domain.shot import Appearance
from studio.entry import api, resolver
from studio.entry.http import Caller, PathId, created
from studio.store.projects import MAX_CAST

app = resolver()

type Sheets = Annotated[tuple[CharacterSheet, ...], Field(min_length=1, max_length=MAX_CAST)]


class CharacterList(Value):
    """A cast; at most 40 people, so it comes whole."""

    items: list[Character]


class CastFile(Value):
    """A cast as a file, to be taken from one project to another. Nothing of an account is in it.

    `real_people` names those who exist outside the show. That travels; their consent, which was for one show, does not.
    """

    format: Literal["episode-studio/cast"] = "episode-studio/cast"
    version: Literal[1] = 1
    characters: Sheets
    real_people: Annotated[tuple[Name, ...], Field(max_length=MAX_CAST)] = ()


class ReadyMadeList(Value):
    """The casts that come with the studio."""

    items: list[ReadyMadeCast]


class ReadyMadeRequest(Value):
    """Which ready-made cast to add."""

    cast: Annotated[str, Field(max_length=80)]


class CharacterEdit(Value):
    """What to change; what is left out stays. `version` is the one you read."""

    version: Version
    name: Name | None = None
    role: Role | None = None
    age: int | None = Field(default=None, ge=1, le=120)
    description: Paragraph | None = None
    wants: Phrase | None = None
    hides: Phrase | None = None
    voice: Phrase | None = None
    appearance: Appearance | None = None
    real_person: bool | None = None


class ConsentRequest(Value):
    """Who agrees (the person, or who may agree for them), and the words they agreed to. The instant is added."""

    name: Name
    text: Text


class ReferenceRequest(Value):
    """The attachment that shows this person's face; null takes it off."""

    attachment_id: Id | None


@app.get("/casts", tags=["cast"])
def list_casts(studio: Caller) -> ReadyMadeList:
    """List the ready-made casts."""
    del studio
    return ReadyMadeList(items=list(ready_made().values()))


@app.get("/projects/<project_id>/characters", tags=["cast"])
def list_characters(project_id: PathId, studio: Caller) -> CharacterList:
    """List a project's cast."""
    return CharacterList(items=studio.cast(project_id).all())


@app.post("/projects/<project_id>/characters", tags=["cast"], status_code=201)
def create_character(
    project_id: PathId, sheet: Annotated[CharacterSheet, Body()], studio: Caller
) -> Response[Character]:
    """Add a character. 409 when the name is taken."""
    [character] = studio.cast(project_id).add([sheet], studio.clock())
    return created(character, f"/projects/{project_id}/characters/{character.character_id}")


@app.post("/projects/<project_id>/characters/import", tags=["cast"], status_code=201)
def import_characters(project_id: PathId, cast: Annotated[CastFile, Body()], studio: Caller) -> Response[CharacterList]:
    """Add the characters of a cast file: all of them, or none."""
    items = studio.cast(project_id).add(cast.characters, studio.clock(), real=cast.real_people)
    return created(CharacterList(items=items), f"/projects/{project_id}/characters")


@app.get("/projects/<project_id>/characters/export", tags=["cast"])
def export_characters(project_id: PathId, studio: Caller) -> CastFile:
    """Return the cast as a file that `import` takes. Reference pictures are not in it. 409 while the cast is empty."""
    cast = studio.cast(project_id).all()
    if not cast:
        raise Conflict("This cast is empty; there is nothing to export yet.")
    return CastFile(
        characters=tuple(character.sheet for character in cast),
        real_people=tuple(character.sheet.name for character in cast if character.real_person),
    )


@app.post("/projects/<project_id>/characters/ready-made", tags=["cast"], status_code=201)
def add_ready_made(
    project_id: PathId, request: Annotated[ReadyMadeRequest, Body()], studio: Caller
) -> Response[CharacterList]:
    """Add a ready-made cast. People whose names are there already are left as they are."""
    cast = studio.cast(project_id)
    chosen = ready_made().get(request.cast)
    if chosen is None:
        raise Invalid("There is no such cast.", {"cast": f"must be one of: {', '.join(ready_made())}"})
    here = {character.sheet.name.casefold() for character in cast.all()}
    cast.add([sheet for sheet in chosen.characters if sheet.name.casefold() not in here], studio.clock())
    return created(CharacterList(items=cast.all()), f"/projects/{project_id}/characters")


@app.get("/projects/<project_id>/characters/<character_id>", tags=["cast"])
def read_character(project_id: PathId, character_id: PathId, studio: Caller) -> Character:
    """Read one character."""
    return studio.cast(project_id).get(character_id)


@app.patch("/projects/<project_id>/characters/<character_id>", tags=["cast"])
def edit_character(
    project_id: PathId, character_id: PathId, edit: Annotated[CharacterEdit, Body()], studio: Caller
) -> Character:
    """Change a character. 409 when it was changed since you read it."""
    cast = studio.cast(project_id)
    now = cast.get(character_id)
    changes = edit.model_dump(exclude={"version", "real_person"}, exclude_unset=True, exclude_none=True)
    if edit.appearance is not None:
        changes["appearance"] = now.sheet.appearance.model_dump() | changes["appearance"]
    sheet = CharacterSheet.model_validate(now.sheet.model_dump() | changes)
    real = now.real_person if edit.real_person is None else edit.real_person
    if now.consent is not None and not real:
        raise Conflict(f"A consent was recorded for “{now.sheet.name}”, so they are a real person and stay one.")
    changed = {"sheet": sheet, "real_person": real, "version": edit.version}
    return cast.replace(now.model_copy(update=changed), studio.clock())


@app.put("/projects/<project_id>/characters/<character_id>/consent", tags=["cast"])
def record_consent(
    project_id: PathId, character_id: PathId, given: Annotated[ConsentRequest, Body()], studio: Caller
) -> Character:
    """Record that a real person agrees to be spoken as, in their words. It also says that they are a real person."""
    cast, at = studio.cast(project_id), studio.clock()
    consent = Consent(name=given.name, text=given.text, at=at)
    now = cast.get(character_id)
    return cast.replace(now.model_copy(update={"real_person": True, "consent": consent}), at)


@app.delete("/projects/<project_id>/characters/<character_id>/consent", tags=["cast"])
def withdraw_consent(project_id: PathId, character_id: PathId, studio: Caller) -> Character:
    """Take a consent back. What was agreed to and when stays on record; nobody speaks as this person from now on."""
    cast, at = studio.cast(project_id), studio.clock()
    now = cast.get(character_id)
    if now.consent is None:
        raise NotFound(f"No consent was recorded for “{now.sheet.name}”.")
    if not now.consent.stands:
        return now
    withdrawn = now.consent.model_copy(update={"withdrawn_at": at})
    return cast.replace(now.model_copy(update={"consent": withdrawn}), at)


@app.put("/projects/<project_id>/characters/<character_id>/reference", tags=["cast"])
def set_reference(
    project_id: PathId, character_id: PathId, request: Annotated[ReferenceRequest, Body()], studio: Caller
) -> Character:
    """Say which uploaded picture shows this character's face."""
    cast = studio.cast(project_id)
    character = cast.get(character_id)
    if request.attachment_id is not None:
        try:
            attachment, data = studio.attachments.read(request.attachment_id)
        except NotFound as error:
            raise Invalid(str(error), {"attachment_id": str(error)}) from error
        if media_type_of(data) != attachment.media_type:
            wrong = f"what was uploaded is not {attachment.media_type}"
            raise Invalid(f"“{attachment.name}” cannot be used: {wrong}.", {"attachment_id": wrong})
    return cast.replace(character.model_copy(update={"reference_id": request.attachment_id}), studio.clock())


@app.delete("/projects/<project_id>/characters/<character_id>", tags=["cast"], status_code=204)
def delete_character(project_id: PathId, character_id: PathId, studio: Caller) -> Response[None]:
    """Delete a character."""
    studio.cast(project_id).delete(character_id)
    return Response(204)


handler = api(app)
