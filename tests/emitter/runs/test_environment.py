"""What scripts find in their environment, for how long they run, and that secrets stay secret."""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipes_projects import PipesProject, PipesScript, PipesScriptManifest
from tests.support import command
from tests.support.dagster.running import Outcome, execute, stored
from tests.support.folder import Folder

SEEN = """\
import json, os
from pathlib import Path

Path("seen.json").write_text(json.dumps(dict(os.environ)))
"""
PIPES = {"DAGSTER_PIPES_CONTEXT", "DAGSTER_PIPES_MESSAGES", "PIPES_PROJECTS_SCRIPT"}
OF_PYTHON = {"LC_CTYPE"}
"""Python sets it for itself, where there is no locale (PEP 538)."""


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with stored(tmp_path_factory.mktemp("home")) as open_instance:
        yield open_instance


def failure(outcome: Outcome) -> str:
    (text,) = outcome.failures.values()
    return text.partition("\ndagster._core")[0]


def seen(folder: Folder) -> dict[str, str]:
    """The environment of the script that ran."""
    data: dict[str, str] = json.loads((folder.root / "defs/g/seen.json").read_text())
    return data


def run(
    folder: Folder, instance: dg.DagsterInstance, manifest: str, project: type | None = None
) -> dict[str, str]:
    """What a script with this manifest finds in its environment."""
    folder.asset("g/a", manifest, SEEN)
    outcome = execute(folder.definitions(project), instance)
    assert outcome.success, outcome.failures
    return seen(folder)


def test_with_none_a_script_sees_what_is_declared_and_what_pipes_needs(
    folder: Folder, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_PASSWORD", "hunter22")
    manifest = (
        "inherit_env: none\nsecrets: [WAREHOUSE_PASSWORD]\nsubprocess: {env: {STAGE: test}}\n"
    )
    found = run(folder, instance, manifest)
    assert found.keys() - OF_PYTHON == {"STAGE", "WAREHOUSE_PASSWORD", *PIPES}
    assert (found["STAGE"], found["WAREHOUSE_PASSWORD"]) == ("test", "hunter22")


def test_an_empty_list_of_names_inherits_nothing(
    folder: Folder, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_PASSWORD", "hunter22")
    assert run(folder, instance, "inherit_env: []\n").keys() - OF_PYTHON == {*PIPES}


def test_a_shell_is_found_without_a_path(folder: Folder, instance: dg.DagsterInstance) -> None:
    folder.write("defs/g/a.yaml", "inherit_env: none\n")
    folder.write("defs/g/a.sh", 'echo "$HOME" > seen.txt\n')
    assert execute(folder.definitions(), instance).success
    assert (folder.root / "defs/g/seen.txt").read_text() == "\n"


def test_a_script_inherits_the_variables_of_some_names(
    folder: Folder, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGE", "test")
    found = run(folder, instance, "inherit_env: [STAGE, PATH, NOT_THERE]\n")
    assert found.keys() - OF_PYTHON == {"STAGE", "PATH", *PIPES}


def test_a_secret_may_have_another_name_where_the_owner_keeps_it(
    folder: Folder, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROD_API_KEY", "hunter22")
    assert run(folder, instance, "secrets: [{API_KEY: PROD_API_KEY}]\n")["API_KEY"] == "hunter22"


class Vault(PipesProject):
    """An owner whose secrets are kept elsewhere, and whose scripts inherit little."""

    @classmethod
    def secret(cls, name: str) -> str | None:
        """As documented."""
        return {"prod/api#key": "hunter22"}.get(name)

    @classmethod
    def script_defaults(cls) -> dict[str, object]:
        """As documented."""
        return {"inherit_env": ["STAGE"], "timeout": "2h"}


def test_an_owners_resolver_gives_the_values(
    folder: Folder, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGE", "test")
    found = run(folder, instance, "secrets: [{API_KEY: prod/api#key}]\n", Vault)
    assert found.keys() - OF_PYTHON == {"STAGE", "API_KEY", *PIPES}


def test_all_missing_secrets_are_named_before_anything_starts(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("g/a", "secrets: [FIRST_KEY, {KEY: prod/key}, {TOKEN: prod/api#key}]\n", SEEN)
    outcome = execute(folder.definitions(Vault), instance)
    told = "these secrets have no value where the script would run: `FIRST_KEY`, `prod/key`"
    assert failure(outcome) == f"defs/g/a.py: {told}"
    assert not (folder.root / "defs/g/seen.json").exists()


def test_a_resolver_that_gives_no_text_fails_without_showing_the_value(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    class Odd(PipesProject):
        @classmethod
        def secret(cls, name: str) -> str | None:
            return {"KEY": 12345678}.get(name)  # type: ignore[return-value]

    folder.asset("g/a", "secrets: [KEY]\n", SEEN)
    told = failure(execute(folder.definitions(Odd), instance))
    assert "the value of secret `KEY` is text, not int" in told
    assert "12345678" not in told


@pytest.mark.parametrize(
    ("manifest", "timeout"),
    [("", 7200.0), ("timeout: 1h\n", 3600.0), ("timeout: null\n", None), ("timeout: 90\n", 90.0)],
)
def test_the_nearest_value_wins_and_null_means_none(
    folder: Folder, manifest: str, timeout: float | None
) -> None:
    folder.asset("g/a", manifest)
    folder.asset("g/b", "kind: other\n")
    seen: dict[str, object] = {}

    class Manifest(PipesScriptManifest):
        @property
        def op_name(self) -> str:
            seen[self.script.name] = self.timeout
            return super().op_name

    class Script(PipesScript):
        @classmethod
        def script_manifest_class(cls) -> type:
            return Manifest

        def invoke(self, context: dg.AssetExecutionContext) -> None:
            """Not called: the project is only loaded."""

    class Team(Vault):
        @classmethod
        def script_kind_map(cls) -> dict[str, type[PipesScript]]:
            return {"subprocess": Script, "other": Script}

    folder.definitions(Team)
    assert seen == {"g/a": timeout, "g/b": 7200.0}


def test_defaults_of_a_folder_are_nearer_than_the_projects(
    folder: Folder, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGE", "test")
    folder.write("defs/_defaults.yaml", "inherit_env: none\n")
    assert "STAGE" not in run(folder, instance, "", Vault)
    assert "STAGE" in run(folder, instance, "inherit_env: all\n", Vault)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (
            {"timeout": "2 moons"},
            "gives '2 moons' for `timeout`: `2 moons` is not a duration",
        ),
        ({"pool": "x"}, "gives 'x' for `pool`: `pool` is not a key here"),
        (["2h"], "must return a mapping of field names to values, not ['2h']"),
    ],
)
def test_defaults_that_are_none_are_refused(folder: Folder, values: object, told: str) -> None:
    class Wrong(PipesProject):
        @classmethod
        def script_defaults(cls) -> dict[str, object]:
            return values  # type: ignore[return-value]

    folder.asset("g/a")
    with pytest.raises(ValueError) as error:
        folder.definitions(Wrong)
    assert str(error.value) == f"`Wrong.script_defaults()` {told}"


def test_a_script_that_takes_too_long_is_ended(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    script = "import time\nprint('waiting')\ntime.sleep(300)\n"
    folder.asset("g/a", "timeout: 0.5s\ngrace: 0.5s\n", script)
    told = failure(execute(folder.definitions(), instance))
    assert told.startswith("defs/g/a.py: timed out after 0.5s\n")


# Secrets

LOUD = r"""
import base64, json, os, sys
from urllib.parse import quote
from dagster_pipes import open_dagster_pipes

key = os.environ["KEY"]
print("the key is", key, json.dumps(key), quote(key), base64.b64encode(f"me:{key}".encode()))
print(key, file=sys.stderr)
with open_dagster_pipes() as pipes:
    pipes.log.info(f"key {key}")
    pipes.log_external_stream("stdout", f"key {key}\n")
    pipes.report_asset_materialization(
        metadata={
            "as text": key,
            f"in a name: {key}": 1,
            "as json": {"raw_value": {key: [key], "dumped": json.dumps([key])}, "type": "json"},
            "as markdown": {"raw_value": f"# {key}", "type": "md"},
        },
        data_version=f"v-{key}",
    )
    pipes.report_asset_check("has_rows", True, metadata={"note": f"with {key}"})
    pipes.report_custom_message({"partition": None, "words": [key]})
    pipes.report_custom_message(key)
    with open(pipes._message_channel._path, "ab") as file:
        file.write(f"no message: {key}\n".encode())
    raise RuntimeError(f"cannot log in with {key}")
"""


def shown(home: Path) -> bytes:
    """All that Dagster keeps: the event log, the compute logs, and whatever else."""
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    assert any(path.suffix == ".err" for path in files)
    return b"\n".join(path.read_bytes() for path in files)


def forms(secret: str) -> list[bytes]:
    """What would show it: each of its lines, and what JSON makes of them once or twice."""
    once = [form for line in secret.splitlines() for form in (line, json.dumps(line)[1:-1])]
    return [form.encode() for form in (*once, *(json.dumps(form)[1:-1] for form in once))]


@pytest.mark.parametrize(
    "secret",
    [
        "hunter22",
        'pa"ss\\wor d%7+/=',
        "schlüssel-näh",
        "-----BEGIN-----\nMIIEabcdef\n-----END-----",
    ],
)
def test_a_secret_is_nowhere_in_what_a_loud_script_leaves(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("PROD_KEY", secret)
    manifest = "secrets: [{KEY: PROD_KEY}]\nchecks: {has_rows: {}}\nschedule: 0 5 * * *\n"
    folder.asset("g/a", manifest, LOUD)
    home = tmp_path / "home"
    with stored(home) as instance:
        outcome = execute(folder.definitions(), instance)
    assert "cannot log in with ********" in failure(outcome)
    assert outcome.metadata["g/a"]["as text"] == "********"
    assert outcome.metadata["g/a"]["in a name: ********"] == 1
    assert outcome.passed == {"g/a:has_rows": True}
    kept = shown(home)
    assert b"cannot log in" in kept
    for form in forms(secret):
        assert form not in kept, form


def test_a_secret_is_not_in_what_describes_a_script(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROD_KEY", "hunter22")
    folder.write(
        "definitions.py",
        "from pipes_projects import PipesProject\n\ndefs = PipesProject.make_defs()\n",
    )
    folder.asset("g/a", "secrets: [{KEY: PROD_KEY}]\n")
    commands = (["explain", "g/a", "--definitions"], ["list", "--format", "json"], ["schema"])
    told = [command.run(*words, cwd=folder.root).stdout for words in commands]
    assert "PROD_KEY" in told[0]
    assert "hunter22" not in "".join(told)
    assert "hunter22" not in repr(folder.compile())
    asset = folder.definitions().resolve_asset_graph().get(dg.AssetKey(["g", "a"]))
    assert "hunter22" not in repr(vars(asset))


def test_what_a_manifest_declares_is_no_secret(
    folder: Folder, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "mine")
    script = """\
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    pipes.report_asset_materialization(asset_key="mine/a", metadata={"rows": 3, "name": "mines"})
    pipes.report_asset_check("big", True, asset_key="mine/a")
"""
    folder.asset("mine/a", "secrets: [KEY]\nchecks: {big: {}}\n", script)
    outcome = execute(folder.definitions(), instance)
    assert outcome.metadata == {"mine/a": {"rows": 3, "name": "********s"}}
    assert outcome.passed == {"mine/a:big": True}


def test_a_secret_that_is_too_short_to_be_masked_is_not_given_to_a_script(
    folder: Folder, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = {"LETTER": "e", "OWNERS": " ab\n", "THREE": "xyz", "EMPTY": "", "BLANK": " "}
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    script = "print('started')\n"
    folder.asset("g/a", "secrets: [LETTER, {PADDED: OWNERS}, THREE, EMPTY, BLANK]\n", script)
    folder.asset("g/b", "secrets: [THREE, EMPTY, BLANK]\n", "print('three')\n")
    outcome = execute(folder.definitions(), instance)
    why = "these secrets are too short to be masked: `LETTER`, `OWNERS`"
    help_ = "use values of at least 3 characters"
    assert f"defs/g/a.py: {why}; {help_}" in outcome.failures["g__a"]
    assert outcome.made == {"g/b"}
