"""What the driver of a script that runs elsewhere needs to know: the files to take along, and the
variables that the script finds there.

A driver is a small process on this machine, started and ended like any script; it starts the script
where it belongs. The host writes the errand, and the driver reads it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NoReturn, Self

PATH: Final = "PIPES_PROJECTS_ERRAND"
"""The variable that names the errand's file."""
PREFIX: Final = "PIPES_PROJECTS_ENV_"
"""Before the names of the script's own variables, which must not change the driver itself."""
CONTEXT: Final = "DAGSTER_PIPES_CONTEXT"
MESSAGES: Final = "DAGSTER_PIPES_MESSAGES"
MARK: Final = "PIPES_PROJECTS_SCRIPT"


@dataclass(frozen=True)
class Errand:
    """A script that is taken somewhere else, to be run there."""

    root: str
    """The folder that its files are in: the project's, or that of a shipped copy."""
    script: str
    """The file to run, relative to that folder."""
    files: tuple[str, ...]
    """The script, what it imports, and its `code_paths`, each relative to that folder."""
    grace: float
    """Seconds between the signals that end a script."""

    def write(self, folder: Path) -> dict[str, str]:
        """Puts it into a file, and returns the variables that name that."""
        path = folder / "errand"
        path.write_text(json.dumps(asdict(self)), "utf-8")
        return {PATH: str(path)}


def prefixed(own: Mapping[str, str]) -> dict[str, str]:
    """How a driver is told of the script's own variables."""
    return {f"{PREFIX}{name}": value for name, value in own.items()}


@dataclass(frozen=True)
class Received(Errand):
    """An errand, as its driver knows it."""

    folder: Path
    """The folder of this run on this machine; its host removes it."""
    own: Mapping[str, str]
    """The script's own variables."""
    mark: str
    """Unique to this run of the script."""

    @classmethod
    def of_environment(cls) -> Self:
        """The errand that this process was started for."""
        path = Path(os.environ[PATH])
        data = json.loads(path.read_text("utf-8"))
        own = {
            name.removeprefix(PREFIX): value
            for name, value in os.environ.items()
            if name.startswith(PREFIX)
        }
        data["files"] = tuple(data["files"])
        return cls(**data, folder=path.parent, own=own, mark=os.environ[MARK])

    @property
    def context(self) -> Path:
        """The file that holds the script's Pipes context."""
        return self.folder / "context"

    @property
    def messages(self) -> Path:
        """The file that takes the script's Pipes messages."""
        return self.folder / "messages"

    def runs_in(self, root: str) -> None:
        """Say where the script's root is over there, so that errors name its files as here."""
        (self.folder / PLACE).write_text(root, "utf-8")

    def say_of_run(self, **metadata: str) -> None:
        """Add metadata to all that the script makes, before its first message is passed on."""
        path = self.folder / METADATA
        path.with_suffix(".part").write_text(json.dumps(metadata), "utf-8")
        path.with_suffix(".part").replace(path)

    def refuse(self, sentence: str) -> NoReturn:
        """End the driver, because the script cannot be started; says why, and what to do."""
        (self.folder / REFUSAL).write_text(sentence, "utf-8")
        sys.exit(1)


def pipes_library() -> Path:
    """The folder of the package `dagster_pipes`, which needs nothing else: it goes along with
    Python scripts."""
    spec = find_spec("dagster_pipes")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


REFUSAL: Final = "refusal"
"""The file in which a driver says why a script cannot be started."""
METADATA: Final = "metadata"
"""The file in which it says what the run is called there."""
PLACE: Final = "place"
"""The file in which it says what the script's root is called where it runs."""
