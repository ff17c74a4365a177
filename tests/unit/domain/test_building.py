"""Models are built when first used; before threads use them side by side, all are."""

import subprocess
import sys
from collections.abc import Iterator

from pydantic import BaseModel

from studio import stages
from studio.domain.base import Value, Written, build_models


def family(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for child in model.__subclasses__():
        yield from family(child)


def test_every_model_is_built_before_scenes_are_worked_on_side_by_side() -> None:
    class New(Value):
        """A model that nobody has used yet."""

        number: int

    assert not New.__pydantic_complete__
    assert stages.side_by_side([1, 2], lambda number: New.__pydantic_complete__) == {1: True, 2: True}
    build_models()
    assert all(model.__pydantic_complete__ for base in (Value, Written) for model in family(base))


_RACE = """
import sys, threading
from studio.domain.base import build_models
from studio.domain.storyboard import BoardAnswer
sys.setswitchinterval(1e-6)
build_models()
found, start = [], threading.Barrier(6)
def ask():
    start.wait()
    found.append(str(BoardAnswer.model_json_schema()))
threads = [threading.Thread(target=ask) for _ in range(6)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(found), len(set(found)))
"""


def test_threads_that_ask_for_a_schema_at_once_are_all_shown_the_same() -> None:
    # In a process of its own, because only there nobody has used the model yet.
    done = subprocess.run([sys.executable, "-c", _RACE], capture_output=True, text=True, check=False, cwd=_LAYER)
    assert done.stdout.split() == ["6", "1"], done.stderr


_LAYER = stages.__file__.rpartition("/studio/")[0]
