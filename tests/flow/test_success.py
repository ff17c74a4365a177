"""Episodes that go well."""
import pytest
from tests.flow.world import World
pytestmark = pytest.mark.flow

def test_x(world: World) -> None:
    episode = world.produce()
    print(episode)
    print([ (w.function, len(w.calls), w.calls) for w in world.workers])
    print(world.happened(), world.counts(), world.files(episode["episode_id"]))
    print(world.metadata(episode["episode_id"]))
    assert episode["status"] == "completed"
@pytest.mark.parametrize("n", range(8))
def test_y(world: World, n) -> None:
    assert world.produce()["status"] == "completed"
