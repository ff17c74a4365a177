"""What plans are made of, as data: what each deployed bot takes and reports, and what it is good for."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from pydantic import TypeAdapter

from studio.domain.plan import Capability, Catalogue
from studio.domain.suggestion import Role


@cache
def catalogue() -> Catalogue:
    """Return what this stack can plan with. Its file is written by `python -m local.openapi`."""
    found = TypeAdapter(list[Capability]).validate_json(_read("bots.json"))
    return Catalogue(capabilities={one.name: one for one in found}, known=frozenset(roles()))


@cache
def roles() -> Mapping[str, Role]:
    """Return what each bot is good for, in the usual order of the work, whether it is deployed or not."""
    return TypeAdapter(dict[str, Role]).validate_json(_read("roles.json"))


def _read(name: str) -> bytes:
    return resources.files("studio.craft").joinpath(name).read_bytes()
