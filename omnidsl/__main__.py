"""The command `omni`, also as `python -m omnidsl`: the one place where whatever goes wrong becomes an exit status.

Nothing is imported here but what is loaded in every Python, or built into it: `omni --version` costs no more than
Python itself.
"""

import atexit
import gc
import io
import os
import sys

if __name__ == "__main__" and __spec__ and not sys.flags.safe_path:
    # `python -m` puts the current folder there, and a project's own `json.py` must not run.
    del sys.path[0]

DEFECT, INTERRUPTED, BROKEN_PIPE = 2, 130, 141
"""Exit statuses beyond a command's own; the last two are 128 + the signal that would have ended another program."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command line (default: the process's) and return its exit status; it raises nothing."""
    _calm_the_collector()
    _prepare_streams()
    try:
        try:
            return _run(sys.argv[1:] if arguments is None else arguments)
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return BROKEN_PIPE
    except SystemExit as stop:
        return _status_of(stop)
    except Exception as error:  # noqa: BLE001  # the last line of defence: no user sees a traceback unasked
        return _report(error)
    finally:
        _give_up_broken_streams()


def _run(arguments: list[str]) -> int:
    if arguments[:1] in (["--version"], ["-V"]):
        from omnidsl import __version__

        sys.stdout.write(f"omni {__version__}\n")
        return 0
    from omnidsl.cli import dispatch

    return dispatch(arguments)


def _calm_the_collector() -> None:
    """Have the garbage collector look less often, and not at all when the process ends: an eighth of a short command."""
    gc.set_threshold(50_000, 10, 100)
    atexit.register(gc.freeze)


def _prepare_streams() -> None:
    """Speak UTF-8 whatever the locale says, and never fail over a character or a closed descriptor."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123  # lives as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding="utf-8", errors="replace" if name == "stdin" else "backslashreplace"
            )


def _give_up_broken_streams() -> None:
    """Point a stream that cannot be flushed at nothing, or Python complains about it while it shuts down."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            try:
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)
            except (OSError, ValueError):
                continue


def _status_of(stop: SystemExit) -> int:
    if stop.code is None or isinstance(stop.code, int):
        return stop.code or 0
    _say(f"omni: {stop.code}")
    return DEFECT


def _report(error: Exception) -> int:
    """Say what went wrong in a line or two: a refusal in its own words, anything else as our defect."""
    if os.environ.get("OMNI_TRACEBACK", "0") not in ("", "0"):
        from traceback import format_exception

        _say("".join(format_exception(error)).rstrip())
        return DEFECT
    try:
        from omnidsl.cli.failures import explain

        _say(explain(error))
    except Exception:  # noqa: BLE001  # even the words are missing: a broken installation
        _say(f"omni: this is a defect of OmniDSL: {error!r}")
    return DEFECT


def _say(text: str) -> None:
    try:
        sys.stderr.write(text + "\n")
    except (OSError, ValueError):
        return  # nobody listens; the exit status still speaks


if __name__ == "__main__":
    sys.exit(main())
