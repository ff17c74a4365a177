"""Asking until an answer keeps the field's rules: at most two repairs, with the checker's own words.

A refusal by a provider's safety rules is a thing to repair too: told of it, a writer often finds other words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, JsonValue

from studio.domain.errors import BadAnswer, Blocked
from studio.generation.ports import Judgement, JudgeRequest, WriteRequest
from studio.purchases import BoughtJudge, BoughtWriter

MAX_REPAIRS = 2
ATTEMPTS = 1 + MAX_REPAIRS

_REFUSED = "The provider's safety rules refused your last answer. Tell it without whatever they could object to."


def write_checked[T: BaseModel](
    writer: BoughtWriter, request: WriteRequest, schema: type[T], problems: Callable[[T], list[str]]
) -> T:
    """Return something that fits `schema` and in which `problems` finds nothing.

    The request's own feedback is told each time. Raises BadAnswer with what is still wrong after the last repair,
    Blocked when that one is refused as well, and whatever else the writer raises.
    """
    wrong: list[str] = []
    for number in range(ATTEMPTS):
        # Without a take of its own, a repair of the same mistake would be the same call, and its answer remembered.
        feedback = (*request.feedback, *wrong)
        attempt = request.model_copy(update={"feedback": feedback, "take": request.take + number})
        try:
            written = writer.write(attempt, schema)
        except BadAnswer as error:
            wrong = [str(error)]
            continue
        except Blocked:
            if number == MAX_REPAIRS:
                raise
            wrong = [_REFUSED]
            continue
        wrong = problems(written)
        if not wrong:
            return written
    raise BadAnswer(
        f"The writer's answer was still not usable after {MAX_REPAIRS} repairs: {' '.join(wrong)} "
        "Try again, or say more in the prompt."
    )


@dataclass(frozen=True)
class Desk:
    """Where several things are asked of one writer. common: what stands before every task. rehearsal: nobody thinks."""

    writer: BoughtWriter
    common: str
    rehearsal: bool
    max_output_tokens: int

    def ask[T: BaseModel](
        self, task: str, material: Mapping[str, JsonValue], schema: type[T], problems: Callable[[T], list[str]]
    ) -> T:
        """Return an answer in which `problems` finds nothing. Raises what `write_checked` raises."""
        instructions = self.common + task
        request = WriteRequest(instructions=instructions, material=material, max_output_tokens=self.max_output_tokens)
        return write_checked(self.writer, request, schema, problems)


def judge_checked(judge: BoughtJudge, request: JudgeRequest) -> Judgement:
    """Return a judgement with every mark that was asked for; the adapter is its checker.

    Raises BadAnswer with what is still wrong after the last repair, and whatever the judge raises.
    """
    wrong: tuple[str, ...] = ()
    for number in range(ATTEMPTS):
        try:
            return judge.judge(request.model_copy(update={"feedback": wrong, "take": request.take + number}))
        except BadAnswer as error:
            wrong = (str(error),)
    raise BadAnswer(f"The judge's answer was still not usable after {MAX_REPAIRS} repairs: {' '.join(wrong)}")
