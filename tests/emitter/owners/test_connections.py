"""Connections: published by name, checked and completed, and known to nobody but the script."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pydantic import BaseModel, SecretStr

from pipes_projects import PipesProject, PipesScript
from pipes_projects.emitter.owner.hooks import OwnerError
from pipes_projects.emitter.steps.connections import values_of
from pipes_projects.kinds import ConnectionName, Launch
from pipes_projects.kinds.connections import connection, variable_of
from pipes_projects.running.connections import (
    MissingConnectionsError,
    read,
    with_connections,
    written,
)
from pipes_projects.running.environment import Environment
from tests.support.command import run
from tests.support.dagster.running import execute, stored
from tests.support.folder import Folder
from tests.support.in_process import call
from tests.support.projects.packages import installed

KIND = """\
import sys
from pipes_projects.kinds import ConnectionName, Launch, Model, ModelShape, RegisteredKind

class Options(Model):
    connection: ConnectionName

def launch(script, options, root):
    command = (sys.executable, str(script))
    return Launch(command, str(root), connections=(options.connection,))

KIND = RegisteredKind(
    "query", "Runs a query.", options=ModelShape(Options), endings=(".py",), launch=launch
)
NEEDY = RegisteredKind(
    "needy", endings=(".py",), launch=launch, needs=("json", "acme_forecasts"), install="acme[run]"
)
"""
DEFINITIONS = """\
import dagster as dg
from pipes_projects import PipesProject

class Owner(PipesProject):
    @classmethod
    def connections(cls):
        return {
            "warehouse": "duckdb:///warehouse.duckdb",
            "crm": dg.EnvVar("CRM_URL"),
            "hosts": {"password": "hunter22"},
        }

defs = Owner.make_defs()
"""
SHOW = """\
import json, os
from pathlib import Path

found = {k: v for k, v in os.environ.items() if k.startswith("PIPES_PROJECTS_CONNECTION_")}
Path("seen.json").write_text(json.dumps(found))
print("connected by", *found.values(), "as hunter22")
"""


class Host(BaseModel):
    """A connection that is no text."""

    name: str
    password: SecretStr
    port: int = 22


@dataclass
class Bucket:
    """Another one."""

    url: str
    keys: tuple[str, ...] = ()


class Options(BaseModel):
    """Of the owner's kind."""

    to: list[ConnectionName]


class Script(PipesScript):
    """Shows the values of its connections."""

    @classmethod
    def options(cls) -> type[BaseModel]:
        """As documented."""
        return Options

    @classmethod
    def script_endings(cls) -> tuple[str, ...]:
        """As documented."""
        return (".py",)

    def launch(self) -> Launch:
        """As documented."""
        command = ("python3", self.script_path)
        return Launch(command, str(self.root), connections=tuple(self.kind_options.to))

    def invoke(self, context: dg.AssetExecutionContext) -> Any:
        """As a process."""
        from pipes_projects.emitter.kinds.subprocess import run as run_process

        return run_process(self, context)


def owner(**values: Any) -> type[PipesProject]:
    class Owner(PipesProject):
        """Publishes connections."""

        @classmethod
        def connections(cls) -> Any:
            """As documented."""
            return values

        @classmethod
        def script_kind_map(cls) -> dict[str, type[PipesScript]]:
            """As documented."""
            return {**super().script_kind_map(), "shown": Script}

    return Owner


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with stored(tmp_path_factory.mktemp("home")) as open_instance:
        yield open_instance


def seen(folder: Folder) -> dict[str, str]:
    data: dict[str, str] = json.loads((folder.root / "seen.json").read_text("utf-8"))
    return data


def test_a_script_finds_the_values_in_its_environment_and_nobody_else_sees_them(
    folder: Folder,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CRM_URL", "postgresql://ann:s3cr3t%21@crm.example/crm")
    project = owner(
        crm=dg.EnvVar("CRM_URL"),
        host=Host(name="login.example", password=SecretStr("hunter22")),
        bucket=Bucket("s3://data", (dg.EnvVar("CRM_URL"),)),
        files={"path": Path("/data"), "rows": [1, None]},
    )
    folder.asset("g/a", "kind: shown\nshown: {to: [crm, host, bucket, files]}\n", SHOW)
    outcome = execute(folder.definitions(project), instance)
    assert outcome.success, outcome.failures
    found = seen(folder)
    values = {name: connection(name, found) for name in ("crm", "host", "bucket", "files")}
    assert values == {
        "crm": "postgresql://ann:s3cr3t%21@crm.example/crm",
        "host": {"name": "login.example", "password": "hunter22", "port": 22},
        "bucket": {"url": "s3://data", "keys": [values["crm"]]},
        "files": {"path": "/data", "rows": [1, None]},
    }
    printed = capfd.readouterr().out
    assert "connected by" in printed
    assert not any(secret in printed for secret in ("hunter22", "s3cr3t", "login.example"))


def test_all_connections_without_a_value_are_named_before_anything_starts(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    project = owner(one=dg.EnvVar("NO_SUCH_ONE"), two={"key": dg.EnvVar("NO_SUCH_TWO")})
    folder.asset("g/a", "kind: shown\nshown: {to: [one, two]}\n", SHOW)
    (text,) = execute(folder.definitions(project), instance).failures.values()
    assert "defs/g/a.py: connection `one` has no value" in text
    assert "the variable `NO_SUCH_ONE` is not set; connection `two` has no" in text
    assert "the variable `NO_SUCH_TWO` is not set" in text
    assert not (folder.root / "seen.json").exists()


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"a": 5}, "an object of int for 'a': a connection is a URL"),
        ({"a": ""}, "nothing for 'a'"),
        ({"a": None}, "nothing for 'a'"),
        ({"a": Host}, "the class Host for 'a'"),
        ({" a": "x"}, "as a name"),
        ({"a-b": "hunter22", "a_b": "hunter22"}, "`PIPES_PROJECTS_CONNECTION_A_B` cannot tell"),
    ],
)
def test_what_cannot_be_a_connection_is_refused_without_its_value(
    folder: Folder, values: dict[str, Any], why: str
) -> None:
    with pytest.raises(OwnerError) as raised:
        folder.definitions(owner(**values))
    assert "`Owner.connections()`" in str(raised.value)
    assert why in str(raised.value)
    assert "hunter22" not in str(raised.value)


@pytest.mark.parametrize("value", [["a"], "a"])
def test_connections_are_a_mapping(folder: Folder, value: Any) -> None:
    class Owner(PipesProject):
        """Publishes something else."""

        @classmethod
        def connections(cls) -> Any:
            """Wrong."""
            return value

    with pytest.raises(OwnerError, match="must return a mapping of names to connections"):
        folder.definitions(Owner)


@pytest.fixture
def path(tmp_path: Path) -> str:
    """`PYTHONPATH` with a package whose kinds have connections, or need something."""
    site = tmp_path / "site"
    kinds = {"query": "acme_kinds:KIND", "needy": "acme_kinds:NEEDY"}
    installed(site, "acme-kinds", kinds)
    (site / "acme_kinds.py").write_text(KIND)
    return str(site)


@pytest.fixture
def project(folder: Folder, path: str) -> Folder:
    folder.write("definitions.py", DEFINITIONS)
    folder.asset("g/a", "kind: query\nquery: {connection: warehouse}\n", SHOW)
    assert run("schema", cwd=folder.root, PYTHONPATH=path).returncode == 0
    return folder


def test_the_contract_has_the_names_and_never_the_values(project: Folder) -> None:
    text = (project.root / "schemas/manifest.schema.json").read_text("utf-8")
    assert json.loads(text)["x-pipes-projects"]["connections"] == {
        "warehouse": {"type": "duckdb"},
        "crm": {"variable": "CRM_URL"},
        "hosts": {},
    }
    assert "hunter22" not in text
    assert "warehouse.duckdb" not in text


def test_authors_are_offered_the_names(project: Folder) -> None:
    schema = json.loads((project.root / "schemas/defaults.schema.json").read_text("utf-8"))
    offered, _ = schema["properties"]["query"]["properties"]["connection"]["anyOf"]
    assert offered["enum"] == ["warehouse", "crm", "hosts"]


def test_check_knows_them_where_the_package_is_not_installed(project: Folder) -> None:
    assert call("check", cwd=project.root).code == 0
    project.write("defs/_defaults.yaml", "query: {connection: warehose}\n")
    out = call("check", cwd=project.root).out.decode()
    assert "no connection is called `warehose`\n --> defs/_defaults.yaml:1:21" in out
    assert "a connection with a similar name exists: `warehouse`" in out
    call("check", "--fix", cwd=project.root)
    assert (project.root / "defs/_defaults.yaml").read_text() == "query: {connection: warehouse}\n"


def test_without_dagster_the_value_is_a_variable_which_the_error_names(
    project: Folder, path: str
) -> None:
    def runs() -> str:
        done = run("run", "*", cwd=project.root, PYTHONPATH=path)
        assert done.returncode == (0 if (project.root / "seen.json").exists() else 1)
        return done.stdout + done.stderr

    named = "connection `warehouse` has no value here: set the variable"
    assert f"{named} `PIPES_PROJECTS_CONNECTION_WAREHOUSE`" in " ".join(runs().split())
    dry = run("run", "*", "--dry-run", cwd=project.root, PYTHONPATH=path)
    assert named in dry.stdout
    project.write("defs/g/a.yaml", "kind: query\nquery: {connection: crm}\n")
    assert "set the variable `CRM_URL`" in " ".join(runs().split())
    project.write(".env", "CRM_URL=postgresql://ann:s3cr3t@crm.example/crm\n")
    told = runs()
    assert "connected by" in told
    assert "s3cr3t" not in told
    assert seen(project) == {variable_of("crm"): "postgresql://ann:s3cr3t@crm.example/crm"}


def test_a_value_that_begins_like_a_mapping_and_is_none_is_one_sentence(
    project: Folder, path: str
) -> None:
    project.write("defs/g/a.yaml", "kind: query\nquery: {connection: crm}\n")
    told = run("run", "*", cwd=project.root, PYTHONPATH=path, CRM_URL="{host: s3cr3t}")
    why = "the value of connection `crm` begins with `{` and is not JSON: write a mapping in JSON"
    assert why in told.stdout
    assert "s3cr3t" not in told.stdout + told.stderr
    assert not (project.root / "seen.json").exists()
    with pytest.raises(MissingConnectionsError, match="connection `crm` begins with"):
        values_of(["crm"], lambda _: "{host: s3cr3t}")


def test_a_missing_package_is_a_hint_to_authors_and_an_error_where_a_script_runs(
    folder: Folder, path: str
) -> None:
    folder.asset("g/a", "kind: needy\n")
    checked = run("check", "--strict", cwd=folder.root, PYTHONPATH=path)
    assert checked.returncode == 0
    assert "hint[missing-package]: `kind: needy` (one script) needs `acme_forecasts`" in (
        checked.stdout
    )
    assert "= help: run `pip install 'acme[run]'` where scripts run" in checked.stdout
    ran = run("run", "*", cwd=folder.root, PYTHONPATH=path)
    assert ran.returncode == 1
    why = "`kind: needy` needs `acme_forecasts`, not installed here: run `pip install 'acme[run]'`"
    assert why in " ".join((ran.stdout + ran.stderr).split())
    listed = run("kinds", cwd=folder.root, PYTHONPATH=path).stdout
    assert "no: pip install 'acme[run]'" in listed


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("duckdb:///x.duckdb", set()),
        ("postgresql://ann:a%40b@host/db", {"a%40b", "a@b"}),
        ("snowflake://host/db?token=abcdef&role=x", {"abcdef"}),
        ('{"user": "ann", "auth": {"api_token": ["abcdef"], "host": "h"}}', {"abcdef"}),
        ('{"url": "postgresql://ann:abcdef@host/db"}', {"abcdef"}),
        ("{not json", set()),
        ("postgresql://[", set()),
    ],
)
def test_what_is_secret_in_a_value(text: str, secrets: set[str]) -> None:
    value = read(text)
    assert value.text == text
    assert {secret for secret in value.secrets if not text.startswith(secret)} >= secrets
    assert {*value.secrets} - secrets <= {text, *value.secrets[:1]}


def test_a_part_of_a_connection_that_has_few_letters_is_not_masked_and_that_is_said() -> None:
    connections = {
        "warehouse": written({"password": "ab", "token": "abcd"}),
        "lake": written("a"),
    }
    declared = with_connections(Environment({}), connections)
    assert declared.secrets == ("abcd", '{"password": "ab", "token": "abcd"}')
    assert declared.unmasked == ("a part of connection `warehouse`", "a part of connection `lake`")
