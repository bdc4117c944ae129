"""`new --language`: scripts that speak Pipes without a library, run by Dagster and without it."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipes_projects.scaffold.pipes import LANGUAGES
from tests.support.dagster.running import execute, stored
from tests.support.folder import Folder
from tests.support.in_process import call

ODD = 'say "hi" \\ über\tall\nand 🙂'
MANIFEST = """\
params: {n: 3}
extras: {word: 'say "hi" \\ über'}
partitions_def: days
code_paths: [HELPER]
assets:
  one: {checks: {rows: {}, never: {}}}
  two: {}
"""
SCRIPTS = {
    "shell": r"""
        set -euo pipefail
        source "$(dirname "$0")/_pipes.sh"
        pipes_log "it's $(pipes_context partition_key)"
        word=$(pipes_extra word) n=$(pipes_extra n) odd=$'say "hi" \\ über\tall\nand 🙂'
        pipes_report -a g/one "rows=$n" share=-0.5 yes=true code=007 "word=$word" "odd=$odd"
        pipes_check -a g/one rows true "rows=$n"
        pipes_check -a g/one never false
        pipes_report -a g/two
        """,
    "r": r"""
        source("_pipes.R")
        pipes_log(paste0("it's ", pipes_context$partition_key))
        n <- pipes_extra("n")
        pipes_report(list(
          rows = n, share = -0.5, yes = TRUE, code = "007", word = pipes_extra("word"),
          odd = "say \"hi\" \\ über\tall\nand 🙂"
        ), asset_key = "g/one")
        pipes_check("rows", n > 0, list(rows = n), asset_key = "g/one")
        pipes_check("never", FALSE, asset_key = "g/one")
        pipes_report(asset_key = "g/two")
        """,
    "node": r"""
        import { pipes } from "./_pipes.mjs";
        pipes.log(`it's ${pipes.context.partition_key}`);
        const rows = pipes.extra("n");
        const odd = 'say "hi" \\ über\tall\nand 🙂';
        pipes.report(
          { rows, share: -0.5, yes: true, code: "007", word: pipes.extra("word"), odd },
          { assetKey: "g/one" },
        );
        pipes.check("rows", rows > 0, { rows }, { assetKey: "g/one" });
        pipes.check("never", false, {}, { assetKey: "g/one" });
        pipes.report({}, { assetKey: "g/two" });
        """,
    "perl": r"""
        use strict;
        use warnings;
        use utf8;
        use FindBin;
        require "$FindBin::Bin/_pipes.pl";
        pipes_log("it's " . pipes_context('partition_key'));
        my $n = pipes_extra('n');
        pipes_report({
            rows => $n, share => -0.5, yes => JSON::PP::true(), code => '007',
            word => pipes_extra('word'), odd => "say \"hi\" \\ über\tall\nand 🙂",
        }, asset_key => 'g/one');
        pipes_check('rows', $n > 0, {rows => $n}, asset_key => 'g/one');
        pipes_check('never', 0, undef, asset_key => 'g/one');
        pipes_report(undef, asset_key => 'g/two');
        """,
}
MADE = {"rows": 3, "share": -0.5, "yes": True, "code": "007", "word": ODD[:15], "odd": ODD}
_OWNER = """\
import dagster as dg
from pipes_projects import PipesProject

class Project(PipesProject):
    @classmethod
    def partitions_defs(cls):
        return {"days": dg.StaticPartitionsDefinition(["mon", "tue"])}

defs = Project.make_defs()
"""


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with stored(tmp_path_factory.mktemp("home")) as open_instance:
        yield open_instance


@pytest.fixture(params=sorted(LANGUAGES))
def project(folder: Folder, request: pytest.FixtureRequest) -> Folder:
    """A project with one script, in each language."""
    language = request.param
    known = LANGUAGES[language]
    folder.write("definitions.py", _OWNER)
    folder.write(f"defs/g/{known.helper}", known.helper_text)
    folder.write("defs/g/a.yaml", MANIFEST.replace("HELPER", known.helper))
    folder.write(f"defs/g/a{known.ending}", SCRIPTS[language])
    assert call("schema", cwd=folder.root).code == 0
    return folder


def test_all_that_pipes_can_say_arrives_without_dagster(project: Folder) -> None:
    answer = call("run", "*", "--partition", "tue", "--format", "json", cwd=project.root)
    assert "INFO it's tue" in answer.err.decode()
    assert answer.code == 0, answer.err.decode()
    one, two = json.loads(answer.out)["assets"]
    assert values(one) == MADE
    passed = {name: check["passed"] for name, check in one["checks"].items()}
    assert passed == {"rows": True, "never": False}
    assert two["result"] == "made"


def values(asset: dict[str, Any]) -> dict[str, Any]:
    """An asset's metadata, without types."""
    return {name: value["value"] for name, value in asset["metadata"].items()}


def test_all_that_pipes_can_say_arrives_in_dagster(
    project: Folder, instance: dg.DagsterInstance
) -> None:
    from tests.support.dagster.running import load

    outcome = execute(load(project.root / "definitions.py"), instance, partition="mon")
    assert outcome.success, outcome.failures
    assert outcome.metadata["g/one"] == MADE
    assert outcome.passed == {"g/one:rows": True, "g/one:never": False}
    assert outcome.partitions == {"g/one": {"mon"}, "g/two": {"mon"}}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_what_new_writes_makes_its_assets_and_says_so_by_hand(
    folder: Folder, language: str
) -> None:
    known = LANGUAGES[language]
    new = call("new", "g/a", "--language", language, cwd=folder.root)
    several = ("--asset", "one", "--asset", "two")
    again = call("new", "g/b", "--language", language, *several, cwd=folder.root)
    assert f"wrote defs/g/{known.helper}\nwrote defs/g/a{known.ending}\n" in new.out.decode()
    assert f"kept  defs/g/{known.helper}, which was there already\n" in again.out.decode()
    assert call("check", "--strict", cwd=folder.root).code == 0
    ran = call("run", "*", "--format", "json", cwd=folder.root)
    assets = json.loads(ran.out)["assets"]
    assert [asset["asset"] for asset in assets] == ["g/a", "g/one", "g/two"]
    assert all(values(asset) == {"greeting": "hello"} for asset in assets)
    assert by_hand(folder.root / "defs/g", f"b{known.ending}") == (
        "Hello from g/one.\nHello from g/two.\n"
    )


def by_hand(folder: Path, script: str) -> str:
    """What a script says that nobody listens to."""
    from pipes_projects.kinds.subprocess import INTERPRETERS

    command = [*INTERPRETERS[Path(script).suffix], script]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stderr


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_script_that_fails_has_made_what_it_reported(folder: Folder, language: str) -> None:
    known = LANGUAGES[language]
    call("new", "g/a", "--language", language, "--asset", "one", "--asset", "two", cwd=folder.root)
    script = folder.root / f"defs/g/a{known.ending}"
    fails = {"shell": "false", "r": "stop('no')", "node": "throw 1", "perl": "die 'no'"}[language]
    text = script.read_text("utf-8").replace("g/two", "g/nowhere")
    script.write_text(f"{text}\n{fails}\n", "utf-8")
    answer = call("run", "*", "--format", "json", cwd=folder.root)
    assert answer.code == 1
    results = {asset["asset"]: asset["made"] for asset in json.loads(answer.out)["assets"]}
    assert results == {"g/one": True, "g/two": False}
    assert "defs/g/a" in answer.out.decode()


def test_an_ending_of_another_language_is_refused(folder: Folder) -> None:
    answer = call("new", "g/a.py", "--language", "r", cwd=folder.root)
    assert answer.code == 2
    assert "`g/a.py` is not a script in r: that ends with `.R`" in answer.err.decode()
    answer = call("new", "g/a", "--external", "--language", "r", cwd=folder.root)
    assert answer.code == 2
    assert "leave out --language" in answer.err.decode()
