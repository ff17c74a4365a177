"""Which set a place is played in."""

from collections.abc import Callable

from media.storyboard import homes, land, public_rooms, town
from media.storyboard.reading import Brief
from media.storyboard.scenery import Scenery

_SETS: dict[str, Callable[[Scenery], None]] = {
    "kitchen": homes.kitchen,
    "living": homes.living,
    "bedroom": homes.bedroom,
    "hallway": homes.hallway,
    "confessional": homes.confessional,
    "car": homes.car,
    "office": public_rooms.office,
    "restaurant": public_rooms.restaurant,
    "hospital": public_rooms.hospital,
    "wedding": public_rooms.wedding,
    "airport": public_rooms.airport,
    "studio": public_rooms.studio,
    "gym": public_rooms.gym,
    "shop": public_rooms.shop,
    "school": public_rooms.school,
    "street": town.street,
    "market": town.market,
    "rooftop": town.rooftop,
    "mosque": town.mosque,
    "garden": land.garden,
    "beach": land.beach,
}


def furnish(scenery: Scenery, brief: Brief) -> None:
    """Build the set of `brief`; a place nobody drew gets a room or a landscape of its own chance."""
    _SETS.get(brief.place, homes.generic if brief.interior else land.generic)(scenery)
