"""The direction of an episode: one look that every clip inherits, and how each scene is played, shot and lit."""

from typing import Literal

from pydantic import Field

from studio.domain.base import Name, Phrase, Written
from studio.domain.script import Scene
from studio.domain.shot import Angle, Move, ShotSize


class Look(Written):
    """How the whole episode looks, so that clips made apart belong together."""

    palette: Phrase = Field(min_length=1)
    light: Phrase = Field(min_length=1)
    lens: Phrase = Field(min_length=1)
    texture: Phrase = Field(min_length=1)


class Performance(Written):
    """What one person is told before the scene."""

    person: Name
    note: Phrase = Field(min_length=1)


class Camera(Written):
    """One of up to three cameras that cover a scene at once."""

    label: Literal["A", "B", "C"]
    size: ShotSize
    angle: Angle
    lens_mm: int = Field(ge=8, le=300)
    move: Move


class SceneDirection(Written):
    """How one scene is done. `intention` is what it must leave the audience with."""

    intention: Phrase = Field(min_length=1)
    blocking: Phrase = Field(min_length=1)
    performance: list[Performance] = Field(min_length=1)
    cameras: list[Camera] = Field(min_length=1, max_length=3)
    lighting: Phrase = Field(min_length=1)
    colour: Phrase = Field(min_length=1)


def problems(direction: SceneDirection, scene: Scene) -> list[str]:
    """Return what is wrong with a scene's direction, each as a sentence a writer can act on."""
    found: list[str] = []
    speakers = list(dict.fromkeys(line.speaker for line in scene.lines))
    folded = {name.casefold() for name in speakers}
    directed = [note.person.casefold() for note in direction.performance]
    found += [
        f"“{note.person}” does not speak in scene {scene.number}; direct {', '.join(speakers)}."
        for note in direction.performance
        if note.person.casefold() not in folded
    ]
    found += [
        f"{name} speaks in scene {scene.number} and gets no performance note."
        for name in speakers
        if name.casefold() not in directed
    ]
    if len(set(directed)) != len(directed):
        found.append("Each person gets one performance note.")
    labels = [camera.label for camera in direction.cameras]
    if labels != ["A", "B", "C"][: len(labels)]:
        found.append(f"Cameras are labelled A, B, C in order; these are {', '.join(labels)}.")
    set_ups = [(camera.size, camera.angle, camera.lens_mm) for camera in direction.cameras]
    if len(set(set_ups)) != len(set_ups):
        found.append("Two cameras have the same size, angle and lens; each must see something else.")
    if len(speakers) > 1 and len(set_ups) < 2:
        found.append(f"Scene {scene.number} has {len(speakers)} people speaking; cover it with at least two cameras.")
    return found
