"""The command `pipes-projects`; `--version` is answered before anything is imported."""

from __future__ import annotations

import gc
import os
import sys

from pipes_projects import __version__

_PLUGINS = "PYDANTIC_DISABLE_PLUGINS"


def main() -> None:
    """Run the command line; Ctrl-C ends it quietly, even while it starts."""
    try:
        _main()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        gc.freeze()  # Python's last garbage collection need not traverse everything that was read


def _main() -> None:
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"pipes-projects {__version__}\n")
        return
    gc.disable()  # a command ends before garbage collection would pay off
    # Pydantic's plugins are for programs that validate their own data, and finding them takes time.
    own = {} if _PLUGINS in os.environ else {_PLUGINS: "__all__"}
    os.environ.update(own)
    from pipes_projects.cli import run

    run(tuple(own))


if __name__ == "__main__":
    main()
