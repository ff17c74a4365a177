"""The draft judge: nobody looks at a rehearsal frame, and it says so."""

from studio.generation.ports import Judgement, JudgeRequest, Receipt

MODEL = "draft-judge-1"

NOTE = "A rehearsal frame: nobody judged it, so it has no scores."


class DraftJudge:
    """A `Judge` that invents nothing."""

    @property
    def model(self) -> str:
        """The model's id, part of what a call is remembered under."""
        return MODEL

    def judge(self, request: JudgeRequest) -> tuple[Judgement, Receipt]:
        """Return no marks and the sentence that says why."""
        del request
        return Judgement(rehearsal=True, note=NOTE), Receipt(provider="draft", model=MODEL, model_version="1")
