"""The command `pipes-projects`; the version is answered before anything is imported."""

from __future__ import annotations

import sys

from pipes_projects import __version__


def main() -> None:
    """Run the command line."""
    if sys.argv[1:] == ["--version"]:
        print(f"pipes-projects {__version__}")
        return
    from pipes_projects.cli import run

    run()


if __name__ == "__main__":
    main()
