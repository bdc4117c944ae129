"""The command `pipes-projects`; `--version` is answered before anything is imported."""

from __future__ import annotations

import gc
import os
import sys

from pipes_projects import __version__

_STREAMS = 3
_PLUGINS = "PYDANTIC_DISABLE_PLUGINS"


def main() -> None:
    """Run the command line; Ctrl-C ends it quietly, even while it starts."""
    try:
        _main()
    except KeyboardInterrupt:
        sys.exit(130)
    except RuntimeError as error:
        if not isinstance(error.__cause__, KeyboardInterrupt):  # while Python makes a class
            raise
        sys.exit(130)
    finally:
        gc.freeze()  # Python's last garbage collection need not traverse everything that was read


def _main() -> None:
    _fill_gaps()
    if sys.argv[1:] == ["--version"] and _has_told_version():
        return
    gc.disable()  # a command ends before garbage collection would pay off
    # Pydantic's plugins are for programs that validate their own data, and finding them takes time.
    own = {} if _PLUGINS in os.environ else {_PLUGINS: "__all__"}
    os.environ.update(own)
    from pipes_projects.cli import run

    run(tuple(own))


def _fill_gaps() -> None:
    """Standard streams that are closed lead nowhere: the next file would be taken for them."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        while (file := os.open(os.devnull, os.O_RDWR)) < _STREAMS:
            pass
        os.close(file)


def _has_told_version() -> bool:
    """Whether that was possible: why it is not, is for the whole command line to say."""
    try:
        sys.stdout.write(f"pipes-projects {__version__}\n")
        sys.stdout.flush()
    except (OSError, AttributeError):
        return False
    return True


if __name__ == "__main__":
    main()
