"""Where the cases find their projects, how large these are, and what runs the processes."""

import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import Runner
from benchmarks.projects.by_hand import write_by_hand
from benchmarks.projects.company import assets
from benchmarks.projects.dg_project import write_dg_project
from benchmarks.projects.ours import (
    DEFINITIONS_WITH_A_FIELD,
    DEFINITIONS_WITH_QUARANTINE,
    FIELD,
    PARAMS,
    in_git,
    with_a_mistake,
    with_changes,
    with_helpers,
    write_project,
)


@dataclass(frozen=True)
class Sizes:
    """How many assets a project has."""

    few: int = 300
    some: int = 1_000
    listed: int = 5_000
    many: int = 10_000
    drawn: int = 50_000
    scripts: int = 50
    messages: int = 100_000
    megabytes: int = 100
    """Megabytes of output."""


QUICK = Sizes(few=20, some=40, listed=60, many=80, drawn=80, scripts=3, messages=100, megabytes=1)


@dataclass(frozen=True)
class Bench:
    """Projects are written when a case first asks for them."""

    folder: Path
    runner: Runner
    sizes: Sizes

    def ours(self, count: int) -> Path:
        folder = self._folder("ours", count)
        return folder if folder.exists() else write_project(assets(count), folder)

    def ours_with_a_field(self, count: int) -> Path:
        folder = self._folder("ours-with-a-field", count)
        return write_project(assets(count), folder, DEFINITIONS_WITH_A_FIELD, FIELD)

    def ours_with_params(self, count: int) -> Path:
        folder = self._folder("ours-with-params", count)
        return write_project(assets(count), folder, field=PARAMS)

    def ours_with_helpers(self, count: int) -> Path:
        folder = self._folder("ours-with-helpers", count)
        return with_helpers(write_project(assets(count), folder))

    def ours_in_quarantine(self, count: int) -> Path:
        folder = self._folder("ours-in-quarantine", count)
        return with_a_mistake(write_project(assets(count), folder, DEFINITIONS_WITH_QUARANTINE))

    def ours_in_editors(self, count: int) -> Path:
        folder = write_project(assets(count), self._folder("ours-in-editors", count))
        for options in (["schema"], ["editor"], ["editor", "--settings"]):
            self.runner.run((sys.executable, "-m", "pipes_projects", *options, str(folder)))
        return folder

    def ours_changed(self, count: int) -> Path:
        folder = self._folder("ours-changed", count)
        return with_changes(write_project(assets(count), folder), changed=3)

    def ours_to_ship(self, count: int) -> Path:
        folder = with_helpers(write_project(assets(count), self._folder("ours-to-ship", count)))
        return in_git(folder)

    def ours_differing(self, count: int) -> Path:
        folder = self._folder("ours-differing", count)
        return with_changes(write_project(assets(count), folder), changed=10, line="pool: x")

    def by_hand(self, count: int) -> Path:
        defs = self.ours(count) / "defs"
        return write_by_hand(assets(count), self._folder("by-hand", count), defs)

    def dg(self, count: int) -> Path:
        folder = self._folder("dg", count)
        return folder if folder.exists() else write_dg_project(assets(count), folder)

    def _folder(self, side: str, count: int) -> Path:
        return self.folder / f"{side}-{count}"
