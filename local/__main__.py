"""`python -m local` is the `studio` command; every ending of it is a sentence and an exit code, never a traceback."""

import errno
import os
import signal
import sys

import typer
from typer.exceptions import TyperException

from local import settings
from local.app import app
from local.problems import INTERRUPTED, StudioProblem, of_os_error
from local.report import Report, print_json


def main() -> None:
    """Run the command in sys.argv."""
    # Both end a command tidily, also where a shell started it in the background with SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    wants_json = "produce" in sys.argv[1:2] and "--json" in sys.argv
    try:
        code = app(prog_name="./studio", standalone_mode=False) or 0
    except typer.Abort:
        code = INTERRUPTED
    except TyperException as problem:
        Report().problem(StudioProblem(problem.format_message(), "--help shows how it is used"))
        code = _tell_script(wants_json, problem.format_message(), problem.exit_code)
    except StudioProblem as problem:
        Report().problem(problem)
        code = _tell_script(wants_json, problem.what, problem.code)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  the reader went away; nothing more can be said to it
        code = 1
    except OSError as problem:
        if problem.errno is None or problem.errno == errno.ENOENT:
            raise
        told = of_os_error(problem)
        Report().problem(told)
        code = _tell_script(wants_json, told.what, told.code)
    except KeyboardInterrupt:
        Report().warn("Stopped.")
        code = _tell_script(wants_json, "stopped by Ctrl-C", INTERRUPTED)
    sys.exit(code)


def _tell_script(wants_json: bool, error: str, code: int) -> int:
    if wants_json:
        from local.produce import Result

        print_json(Result(error=error).as_json())
    return code


if __name__ == "__main__":
    # Recordings are kept with the studio's own stores; no other command imports them.
    sys.path.append(str(settings.ROOT / "layers" / "studio"))
    main()
