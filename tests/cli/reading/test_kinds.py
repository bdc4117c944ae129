"""`pipes-projects kinds`: the kinds of a project, and how to write each."""

import json
from pathlib import Path

import pytest

from pipes_projects.kinds import BUILT_IN
from pipes_projects.kinds.registry import installed
from pipes_projects.scaffold.starters import starter
from pipes_projects.schema.kinds import example_of, options_of
from tests.support.dagster.running import EXAMPLES
from tests.support.folder import Folder
from tests.support.in_process import call

CUSTOMIZED = EXAMPLES / "customized"
_PUBLISHED = ("aws", "azure", "cluster", "google", "lakehouse", "warehouse")


def test_it_lists_what_packages_and_the_owner_have(tmp_path: Path) -> None:
    told = call("kinds", cwd=tmp_path).out.decode()
    assert told.splitlines()[0].split() == ["KIND", "RUNS", "INSTALLED", "WHAT", "IT", "DOES"]
    assert [line.split()[0] for line in told.splitlines()[1:]] == [*BUILT_IN]
    told = call("kinds", CUSTOMIZED, cwd=tmp_path).out.decode()
    (of_owner,) = (line for line in told.splitlines() if line.startswith("sql "))
    assert "by the owner" in of_owner


def test_it_shows_options_and_a_manifest_to_start_from() -> None:
    told = call("kinds", "sql", cwd=CUSTOMIZED).out.decode()
    assert "  schema_name (text, required)\n" in told
    assert told.endswith("kind: sql\n  sql:\n    schema_name: …\n")


def test_programs_get_the_same_as_json(tmp_path: Path) -> None:
    data = json.loads(call("kinds", "subprocess", "--json", cwd=tmp_path).out)
    (kind,) = data["kinds"]
    assert kind["missing"] == []
    assert {option["name"] for option in kind["options"]} == {
        option.name for option in options_of(BUILT_IN["subprocess"])
    }


def test_an_unknown_kind_is_refused_with_the_nearest_word(tmp_path: Path) -> None:
    answer = call("kinds", "subproces", cwd=tmp_path)
    assert answer.code == 2
    assert b"no kind is called `subproces`: a kind with a similar name exists: `subprocess`" in (
        answer.err
    )


@pytest.mark.parametrize("name", ["kubernetes", "K8S"])
def test_what_other_tools_call_a_kind_is_told(tmp_path: Path, name: str) -> None:
    answer = call("kinds", name, cwd=tmp_path)
    assert answer.code == 2
    assert f"no kind is called `{name}`: `k8s` may be meant".encode() in answer.err


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_example_is_a_manifest_without_findings(
    folder: Folder, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "is_installed", lambda _: True)  # whatever is installed here
    kind = BUILT_IN[name]
    extension = {
        "version": 1,
        "kinds": {key: {} for key in BUILT_IN},
        "asset_keys": [],
        "connections": {name: {} for name in _PUBLISHED},
    }
    folder.write("schemas/manifest.schema.json", json.dumps({"x-pipes-projects": extension}))
    folder.write("defs/g/a.yaml", example_of(kind))
    if kind.takes_script:
        ending = (kind.endings or ("",))[0]
        folder.write(f"defs/g/a{ending}", starter(ending, ["g/a"]))
    assert folder.check() == "no findings (1 script, 1 asset)\n"
