"""`.env` in the project's folder, read as `dagster dev` reads it there."""

from __future__ import annotations

from pathlib import Path

from pipes_projects.boundary import open_file

ENV: str = ".env"


def variables(root: Path) -> dict[str, str]:
    """The variables that it sets; they count more than those of the environment."""
    path = root / ENV
    if not path.exists():
        return {}
    from io import StringIO

    from dotenv import dotenv_values  # takes time, for a file that many projects have not

    with open_file(path) as file:
        text = file.read().decode("utf-8")
    found = dotenv_values(stream=StringIO(text))
    return {name: value for name, value in found.items() if value is not None}
