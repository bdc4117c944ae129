"""A project whose script is a job of a service, made and run by real Dagster."""

from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any

import pytest

from tests.kinds.services.hurried import hurry
from tests.support.dagster.running import Outcome, execute, load, stored
from tests.support.folder import Folder

OWNER = """\
import dagster as dg
from pipes_projects import PipesProject

class Project(PipesProject):
    @classmethod
    def partitions_defs(cls):
        return {"days": dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-02-01")}

    @classmethod
    def connections(cls):
        return CONNECTIONS

defs = Project.make_defs()
"""
Make = Callable[..., Outcome]


@pytest.fixture
def make(folder: Folder) -> Make:
    """Writes the script `g/a` of a kind, with its options, and has Dagster make it."""

    def made(
        kind: str,
        connections: Mapping[str, Any],
        manifest: str,
        text: str,
        **asked: Any,
    ) -> Outcome:
        folder.write("definitions.py", OWNER.replace("CONNECTIONS", repr(dict(connections))))
        folder.asset("g/a", f"kind: {kind}\n{dedent(manifest)}")
        folder.write("defs/g/a.py", text)
        definitions = load(folder.root / "definitions.py")
        with stored(folder.root / "home") as instance:
            return execute(definitions, instance, **asked)

    return made


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster's readers look more often, and do not wait ten seconds for what will not come."""
    hurry(lambda owner, name, value: monkeypatch.setattr(owner, name, value, raising=False))


def first(made: Outcome) -> str:
    """Why the script `g/a` failed: the first line."""
    return made.failures["g__a"].splitlines()[0]
