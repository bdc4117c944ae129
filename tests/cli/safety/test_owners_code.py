"""Whatever the owner's code does, every command says the same of it, and its output is its own."""

import json
import os
import runpy
import sys
from typing import Any

import pytest

from pipes_projects import PipesAssetManifest, PipesScriptManifest
from pipes_projects.emitter.inspection.definitions_file import PublishingError, published_schemas
from pipes_projects.emitter.inspection.explanation import definitions_of
from pipes_projects.emitter.owner.hooks import OwnerError
from pipes_projects.layout import Layout
from tests.support.command import run
from tests.support.folder import Folder
from tests.support.projects.quarantine import manifests, overridden

OWNER = """\
import os
import subprocess
import sys

import dagster as dg
from pipes_projects import PipesAssetManifest, PipesProject, PipesScript, PipesScriptManifest

class Script(PipesScript):
    @classmethod
    def script_METHOD(cls):
        SCRIPT

class Team(PipesProject):
    @classmethod
    def script_kind_map(cls):
        return {**super().script_kind_map(), "subprocess": Script}

    @classmethod
    def METHOD(cls):
        BODY

DONE
defs = Team.make_defs()
"""


@pytest.fixture
def owned(folder: Folder) -> Folder:
    folder.asset("g/one")
    return folder


def owner(method: str = "nothing", body: str = "pass", done: str = "") -> str:
    text = OWNER.replace("script_METHOD", "nothing").replace("SCRIPT", "pass")
    return text.replace("METHOD", method).replace("BODY", body).replace("DONE", done)


def script_owner(method: str, body: str) -> str:
    text = OWNER.replace("script_METHOD", method).replace("SCRIPT", body)
    return text.replace("METHOD", "nothing").replace("BODY", "pass").replace("DONE", "")


PROJECT = [
    ("asset_keys", "sys.exit(0)", "`Team.asset_keys()` raised SystemExit: 0"),
    (
        "asset_keys",
        "return 'g/a'",
        "`Team.asset_keys()` must return a list of asset keys, not 'g/a'",
    ),
    ("asset_keys", "return None", "`Team.asset_keys()` must return a list of asset keys, not None"),
    ("asset_keys", "yield 'g/a'; 1 / 0", "`Team.asset_keys()` raised ZeroDivisionError"),
    ("asset_keys", "yield 'g/a'; sys.exit()", "`Team.asset_keys()` raised SystemExit"),
    (
        "asset_keys",
        "return type('Odd', (), {'__repr__': sys.exit})()",
        "`Team.asset_keys()` must return a list of asset keys, not an object of Odd",
    ),
    (
        "asset_keys",
        "raise type('OddError', (Exception,), {'__str__': sys.exit})",
        "`Team.asset_keys()` raised OddError: an object of OddError",
    ),
    ("asset_keys", "raise GeneratorExit", "`Team.asset_keys()` raised GeneratorExit"),
    ("asset_keys", "return [1]", "`Team.asset_keys()` gives 1 as a name"),
    ("asset_keys", "return ['\\ud800']", r"`Team.asset_keys()` gives '\ud800' as a name"),
    ("pools", "return 'etl'", "`Team.pools()` must return a list of names, not 'etl'"),
    ("pools", "return b'etl'", "`Team.pools()` must return a list of names, not b'etl'"),
    ("pools", "return {1: 2}", "`Team.pools()` gives 1 as a name"),
    ("pools", "return 3", "`Team.pools()` must return a list of names, not 3"),
    (
        "script_kind_map",
        "return [PipesScript]",
        "`Team.script_kind_map()` must return a mapping of names to classes",
    ),
    ("script_kind_map", "return {'a': 3}", "`Team.script_kind_map()` gives 3, which is not a sub"),
    ("script_kind_map", "return {'a': str}", "gives <class 'str'>, which is not a subclass of"),
    ("script_kind_map", "return {3: Script}", "`Team.script_kind_map()` gives 3 as a name"),
    ("partitions_defs", "return {'a': 'daily'}", "`Team.partitions_defs()` gives 'daily' for `a`"),
    (
        "partitions_defs",
        "return 'daily'",
        "`Team.partitions_defs()` must return a mapping of names to objects",
    ),
    (
        "partition_mappings",
        "return 3",
        "`Team.partition_mappings()` must return a mapping of names to objects",
    ),
    ("automation_conditions", "return {'a': 1}", "`Team.automation_conditions()` gives 1 for `a`"),
    ("catalog", "return {}", "`Team.catalog()` must return a Catalog, not {}"),
    ("contract", "return None", "`Team.contract()` must return a Contract, not None"),
    ("contract", "sys.exit('no')", "`Team.contract()` raised SystemExit: no"),
]
SCRIPT = [
    ("options", "return dict", "`Script.options()` gives <class 'dict'>, which is not a subclass"),
    ("options", "sys.exit(0)", "`Script.options()` raised SystemExit: 0"),
    (
        "script_fields",
        "return None",
        "`Script.script_fields()` gives None, which is not a subclass",
    ),
    (
        "asset_fields",
        "return 3",
        "`Script.asset_fields()` gives 3, which is not a subclass of `Asset",
    ),
    (
        "script_endings",
        "return '.py'",
        "`Script.script_endings()` is wrong: a kind's endings are several texts",
    ),
    ("takes_script", "return 'yes'", "`Script.takes_script()` must return a bool, not 'yes'"),
    ("asset_manifest_class", "return None", "`Script.asset_manifest_class()` gives None, which is"),
    ("script_manifest_class", "return str", "`Script.script_manifest_class()` gives <class 'str'>"),
]
TEXTS = [
    *((owner(method, body), message) for method, body, message in PROJECT),
    *((script_owner(method, body), message) for method, body, message in SCRIPT),
]


@pytest.mark.parametrize(("text", "message"), TEXTS, ids=[message for _, message in TEXTS])
def test_what_a_method_must_not_answer_is_said_by_all_in_one_sentence(
    owned: Folder, text: str, message: str
) -> None:
    path = owned.write("definitions.py", text)
    with pytest.raises(PublishingError) as by_schema:
        published_schemas(Layout(owned.root))
    with pytest.raises(PublishingError) as by_explain:
        definitions_of(Layout(owned.root), "g/one")
    with pytest.raises(OwnerError) as by_dagster:
        runpy.run_path(str(path))
    assert message in str(by_dagster.value)
    assert str(by_schema.value) == str(by_explain.value) == f"{path}: {by_dagster.value}"


def test_a_status_that_is_none_is_said_when_dagster_loads(owned: Folder) -> None:
    path = owned.write("definitions.py", owner("default_status", "return 'on'"))
    with pytest.raises(OwnerError, match=r"`Team.default_status\(\)` must return a DefaultSched"):
        runpy.run_path(str(path))


def test_ctrl_c_ends_whatever_the_owner_does(owned: Folder) -> None:
    for method in ("asset_keys", "catalog", "pools"):
        owned.write("definitions.py", owner(method, "raise KeyboardInterrupt"))
        with pytest.raises(KeyboardInterrupt):
            published_schemas(Layout(owned.root))


COMMANDS = {
    "schema": ("schema",),
    "schema --check": ("schema", "--check"),
    "explain": ("explain", "g/one", "--definitions", "--json"),
    "run": ("run", 'key:"g/one"', "--dagster", "--format", "json"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (owner("asset_keys", "sys.exit(0)"), ": `Team.asset_keys()` raised SystemExit: 0"),
        (owner("asset_keys", "os._exit(0)"), ": `Team.asset_keys()` raised SystemExit: 0"),
        (owner(done="sys.exit(0)"), "cannot be imported: SystemExit: 0"),
        (owner(done="os._exit(0)"), "cannot be imported: SystemExit: 0"),
    ],
)
def test_who_leaves_is_named_with_exit_2(
    owned: Folder, command: str, text: str, message: str
) -> None:
    path = owned.write("definitions.py", text)
    answer = run(*COMMANDS[command], cwd=owned.root)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert f"Error: {path}" in answer.stderr
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_project_that_dagster_cannot_load_is_explained_by_its_first_error(owned: Folder) -> None:
    owned.asset("g/two")
    text = LEAVES.replace("sys.exit(0) if", "['nobody'] if")
    path = owned.write("definitions.py", text)
    answer = run(*COMMANDS["run"], cwd=owned.root)
    assert (answer.returncode, answer.stdout) == (2, "")
    refused = "cannot be loaded: Dagster refuses `g/one`: Invalid owner 'nobody'"
    assert f"Error: {path} {refused}" in answer.stderr
    assert answer.stderr.rstrip().endswith("(definitions.py:6:5)")


MOVES = """
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [it for it in sys.path if it != here]
sys.path = [*sys.path, "/nowhere"]
os.chdir("/")
sys.stdout.close()
sys.__stdout__.close()
sys.stderr.close()
os.close(2)
sys.setrecursionlimit(200)
os.umask(0o777)
sys.stderr = sys.stdout = open(os.devnull, "w")
os.environ.clear()
"""
LOUD = owner(
    "asset_keys",
    "print('printed'); os.system('echo called'); return ()",
    """
import atexit
print("printed")
sys.__stdout__.write("written")
os.write(1, b"bare")
subprocess.run(["sh", "-c", "echo started"])
later = subprocess.Popen(["sh", "-c", "sleep 0.1; echo later"])
atexit.register(later.wait)
atexit.register(print, "at the end")
atexit.register(os.system, "echo at the end, too")
"""
    + MOVES,
)


@pytest.mark.parametrize("command", COMMANDS)
def test_standard_output_is_ours_alone(owned: Folder, command: str) -> None:
    owned.write("definitions.py", LOUD)
    run("schema", cwd=owned.root)
    answer = run(*COMMANDS[command], ".", cwd=owned.root)
    assert answer.returncode == 0, answer.stderr
    assert "printed" in answer.stderr
    if command == "explain":
        assert json.loads(answer.stdout)["definitions"]
    elif command == "run":
        (made,) = json.loads(answer.stdout)["assets"]
        assert made["result"] == "made"
    else:
        assert answer.stdout == ""


LEAVES = """\
import sys
from pipes_projects import PipesAssetManifest, PipesProject, PipesScript

class TeamAsset(PipesAssetManifest):
    @property
    def owners(self):
        return sys.exit(0) if self.name == "one" else []

class Script(PipesScript):
    @classmethod
    def asset_manifest_class(cls):
        return TeamAsset

class Team(PipesProject):
    @classmethod
    def script_kind_map(cls):
        return {**super().script_kind_map(), "subprocess": Script}

defs = Team.make_defs()
"""


def test_a_property_that_leaves_is_named_with_its_manifest(owned: Folder) -> None:
    path = owned.write("definitions.py", LEAVES)
    answer = run("explain", "g/one", "--definitions", cwd=owned.root)
    assert (answer.returncode, answer.stdout) == (2, "")
    message = "SystemExit: 0, in `TeamAsset.owners`, for defs/g/one.yaml:1:1"
    assert answer.stderr == f"Error: {path}: {message}\n"
    with pytest.raises(Exception, match="SystemExit: 0") as raised:
        runpy.run_path(str(path))
    assert raised.value.__notes__ == ["in `TeamAsset.owners`, for defs/g/one.yaml:1:1"]


# In quarantine, one manifest at a time.


class Left(BaseException):
    """Of no class that is caught by habit."""


class OddError(Exception):
    """Does not even say what is wrong."""

    def __str__(self) -> str:
        raise Left


class Odd:
    """Does not let itself be looked at."""

    @property
    def __class__(self) -> Any:
        raise Left

    def __repr__(self) -> str:
        raise SystemExit(0)

    __str__ = __len__ = __bool__ = __iter__ = __eq__ = __hash__ = __repr__  # type: ignore[assignment]


def refuse(*_: object) -> None:
    raise OddError


def leave(*_: object) -> None:
    raise SystemExit(0)


def fail(*_: object) -> None:
    raise Left("gone")


VALUES = {
    "list": lambda: ["x"],
    "dict": dict,
    "object": object,
    "exit": leave,
    "left": fail,
    "lambda": lambda: fail,
    "odd": Odd,
    "odd error": refuse,
}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "name",
    ["op_name", "can_subset", "pool", "op_tags", "retry_policy", "schedule", "backfill_policy",
     "partitions_def", "group_name", "timeout", "grace", "inherit_env", "secrets", "extras",
     "params", "code_paths"],
)  # fmt: skip
def test_a_property_of_a_script_quarantines_its_manifest_only(
    folder: Folder, name: str, value: str
) -> None:
    manifests(folder, one="", two="", three="deps: [a/one]\n")
    plain = getattr(PipesScriptManifest, name)

    def answer(self):  # type: ignore[no-untyped-def]
        return VALUES[value]() if self.model.name == "a/one" else plain.fget(self)

    graph = overridden(folder, {name: property(answer)})
    assert graph.real | graph.placeholders.keys() == {"a/one", "a/two", "a/three"}
    assert {"a/two", "a/three"} <= graph.real


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "name",
    ["asset_key", "deps", "owners", "tags", "kinds", "metadata", "description", "code_version",
     "column_schema", "check_specs", "asset_spec", "automation_condition", "freshness_policy",
     "partitions_def", "code_references", "group_name"],
)  # fmt: skip
def test_a_property_of_an_asset_quarantines_its_manifest_only(
    folder: Folder, name: str, value: str
) -> None:
    manifests(folder, one="", two="", three="deps: [a/one]\n")
    plain = getattr(PipesAssetManifest, name)

    def answer(self):  # type: ignore[no-untyped-def]
        return VALUES[value]() if self.name == "one" else plain.fget(self)

    graph = overridden(folder, **{name: property(answer)})
    assert graph.real | graph.placeholders.keys() == {"a/one", "a/two", "a/three"}
    assert {"a/two", "a/three"} <= graph.real


def test_a_class_that_cannot_be_made_quarantines_its_manifest_only(folder: Folder) -> None:
    manifests(folder, one="", two="", three="deps: [a/one]\n")

    def init(self, script, model):  # type: ignore[no-untyped-def]
        if model.name == "one":
            raise SystemExit
        self.script, self.model, self.name = script, model, model.name
        self.manifest_key = model.key

    graph = overridden(folder, __init__=init)
    assert graph.real == {"a/two", "a/three"}
    assert "raised SystemExit" in graph.placeholders["a/one"]


def state() -> tuple[Any, ...]:
    """What the owner's code may change in a process."""
    mask = os.umask(0)
    os.umask(mask)
    streams = sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__
    numbers = sys.getrecursionlimit(), mask
    return [*sys.path], os.getcwd(), streams, dict(os.environ), numbers, os._exit


def test_the_process_is_as_before(owned: Folder) -> None:
    before = state()
    held = sys.path
    owned.write("definitions.py", owner(done=MOVES))
    published_schemas(Layout(owned.root))
    assert state() == before
    assert sys.path is held
