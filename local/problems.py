"""What can go wrong on a laptop, said in one sentence with what to do next."""

import errno

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


class StudioProblem(Exception):
    """Ends a command: `what` happened, and what to do `next`. The command prints both and exits with `code`."""

    def __init__(self, what: str, next_step: str = "", *, code: int = 1, detail: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step
        self.code = code
        self.detail = detail


def of_os_error(problem: OSError) -> StudioProblem:
    """A full disk, a read-only folder and their like in words."""
    where = f" ({problem.filename})" if problem.filename else ""
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StudioProblem(f"The disk is full{where}.", "Free some space and run the same command again.")
    if problem.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return StudioProblem(f"This place cannot be written{where}.", "Choose another one with --out or --data.")
    return StudioProblem(f"{problem.strerror or problem}{where}.")
