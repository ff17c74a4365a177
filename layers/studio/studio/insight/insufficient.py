"""Too little to go by, as an answer: what there is, what it would take, and of what."""

from typing import Annotated

from pydantic import Field

from studio.domain.base import Value


class Insufficient(Value):
    """There are `have` of something and a number that means anything needs `need`.

    of: what is counted, in the plural, as a sentence would say it: "views", "days of cost".
    """

    need: Annotated[int, Field(ge=1)]
    have: Annotated[int, Field(ge=0)]
    of: str

    @property
    def more(self) -> int:
        """How many more are needed; 0 where there are enough of them and something else stands in the way."""
        return max(0, self.need - self.have)

    @property
    def sentence(self) -> str:
        """What to tell a person."""
        return f"Too little to say: {self.have:,} {self.of}, and it takes {self.need:,}."
