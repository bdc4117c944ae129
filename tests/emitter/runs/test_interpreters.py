"""Which Python runs a script, and with which packages."""

import json
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from tests.support.dagster.running import Outcome, execute, stored
from tests.support.folder import Folder

SEEN = """\
import json, sys
from importlib.util import find_spec
from pathlib import Path

import beside

seen = {
    "python": sys.executable,
    "version": list(sys.version_info[:2]),
    "arguments": sys.argv[1:],
    "has_hello": find_spec("hello_pipes") is not None,
    "has_dagster": find_spec("dagster") is not None,
}
Path(__file__).with_name("seen.json").write_text(json.dumps(seen))
print("seen by", beside.NAME)
"""
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
INLINE = '# /// script\n# requires-python = ">=3.11"\n# dependencies = [{}]\n# ///\n'


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with stored(tmp_path_factory.mktemp("home")) as open_instance:
        yield open_instance


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))


def run(
    folder: Folder, instance: dg.DagsterInstance, manifest: str = "", head: str = ""
) -> tuple[Outcome, dict[str, object]]:
    """What came of a script with this manifest and first lines, and what it saw."""
    folder.asset("g/a", manifest, head + SEEN)
    folder.write("defs/g/beside.py", "NAME = 'a neighbour'\n")
    outcome = execute(folder.definitions(), instance)
    file = folder.root / "defs/g/seen.json"
    return outcome, json.loads(file.read_text()) if file.exists() else {}


def failure(outcome: Outcome) -> list[str]:
    (text,) = outcome.failures.values()
    return text.partition("\ndagster._core")[0].splitlines()


def wheel(folder: Path) -> Path:
    """A package that is on no index."""
    path, info = folder / "hello_pipes-1.0-py3-none-any.whl", "hello_pipes-1.0.dist-info"
    files = {
        "hello_pipes.py": "",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: hello-pipes\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as file:
        for name, text in {**files, f"{info}/RECORD": record}.items():
            file.writestr(name, text)
    return path


def test_dagsters_own_python_is_the_default(folder: Folder, instance: dg.DagsterInstance) -> None:
    outcome, seen = run(folder, instance)
    assert outcome.success
    assert seen["python"] == sys.executable


def test_a_version_is_the_python_of_that_name_on_the_path(
    folder: Folder, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = folder.root / "tools"
    tools.mkdir()
    (tools / f"python{VERSION}").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    outcome, seen = run(folder, instance, f"subprocess: {{python: {VERSION}}}\n")
    assert outcome.success, outcome.failures
    assert seen["python"] == str(tools / f"python{VERSION}")


def test_a_version_that_is_not_there_is_named(folder: Folder, instance: dg.DagsterInstance) -> None:
    outcome, _ = run(folder, instance, "subprocess: {python: 3.99}\n")
    assert failure(outcome)[0] == (
        "defs/g/a.py: `python3.99` is not on the PATH: install Python 3.99 on the machine that runs"
        " the script, or name its path, as in `python: /opt/python3.99/bin/python`"
    )


def test_a_path_is_relative_to_the_file_that_names_it(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    (folder.root / "tools").mkdir()
    (folder.root / "tools/python").symlink_to(sys.executable)
    folder.write("defs/_defaults.yaml", "subprocess: {python: ../tools/python}\n")
    outcome, seen = run(folder, instance)
    assert outcome.success, outcome.failures
    assert seen["python"] == str(folder.root / "tools/python")


def test_inline_dependencies_are_installed(
    folder: Folder, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    head = INLINE.format(f'"hello-pipes @ {wheel(tmp_path).as_uri()}"')
    outcome, seen = run(folder, instance, "subprocess: {args: [--full]}\n", head)
    assert outcome.success, outcome.failures
    assert seen["has_hello"]
    assert not seen["has_dagster"]
    assert seen["arguments"] == ["--full"]


def test_inline_dependencies_may_be_none_and_inherit_nothing(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    manifest = (
        f"inherit_env: [UV_OFFLINE, UV_CACHE_DIR]\nsubprocess: {{python: {sys.executable}}}\n"
    )
    outcome, seen = run(folder, instance, manifest, INLINE.format(""))
    assert outcome.success, outcome.failures
    assert not seen["has_dagster"]
    assert seen["version"] == list(sys.version_info[:2])


def test_uv_finds_a_python_whatever_the_script_inherits(
    folder: Folder, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{python}{os.pathsep}{os.environ['PATH']}")
    inherited = "inherit_env: [UV_OFFLINE, UV_CACHE_DIR, UV_PYTHON_DOWNLOADS]\n"
    outcome, seen = run(folder, instance, inherited, INLINE.format(""))
    assert outcome.success, outcome.failures
    assert seen["version"] == list(sys.version_info[:2])


def test_inline_dependencies_that_are_nowhere_are_told_by_uv(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    outcome, _ = run(folder, instance, "", INLINE.format('"no-such-package-of-ours"'))
    assert failure(outcome)[0] == "defs/g/a.py: exit code 1"
    assert "no-such-package-of-ours" in "\n".join(failure(outcome))


def test_without_uv_the_failure_says_how_to_get_it(
    folder: Folder, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(folder.root))
    monkeypatch.setitem(sys.modules, "uv", None)  # as where it is not installed
    outcome, _ = run(folder, instance, "", INLINE.format(""))
    assert failure(outcome) == [
        "defs/g/a.py: `uv` installs the packages that the script names, but it is not installed:"
        " install uv (`pip install uv`) on the machine that runs the script"
    ]


def test_uv_takes_the_nearest_requirements(
    folder: Folder, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    folder.write("requirements.txt", "no-such-package-of-ours\n")
    folder.write("defs/requirements.txt", f"hello-pipes @ {wheel(tmp_path).as_uri()}\n")
    outcome, seen = run(folder, instance, "subprocess: {environment: uv}\n")
    assert outcome.success, outcome.failures
    assert seen["has_hello"]
    assert not seen["has_dagster"]
    assert seen["version"] == list(sys.version_info[:2])


def test_a_project_file_that_is_for_tools_alone_names_no_packages(
    folder: Folder, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    folder.write("defs/pyproject.toml", "[tool.ruff]\nline-length = 100\n")
    folder.write("requirements.txt", f"hello-pipes @ {wheel(tmp_path).as_uri()}\n")
    outcome, seen = run(folder, instance, "subprocess: {environment: uv}\n")
    assert outcome.success, outcome.failures
    assert seen["has_hello"]


def test_uv_takes_the_project_above_the_script(
    folder: Folder, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    dependency = f'"hello-pipes @ {wheel(tmp_path).as_uri()}"'
    project = f'[project]\nname = "ours"\nversion = "1"\ndependencies = [{dependency}]\n'
    folder.write("pyproject.toml", f'{project}requires-python = ">=3.11"\n')
    manifest = f"subprocess: {{environment: uv, python: {sys.executable}}}\n"
    outcome, seen = run(folder, instance, manifest)
    assert outcome.success, outcome.failures
    assert seen["has_hello"]
    assert str(seen["python"]).startswith(str(folder.root / ".venv"))


def test_uv_without_any_packages_is_a_failure_in_a_sentence(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    outcome, _ = run(folder, instance, "subprocess: {environment: uv}\n")
    assert failure(outcome) == [
        "defs/g/a.py: `environment: uv` needs a `pyproject.toml` or a `requirements.txt` in the"
        " folder of the script, or above it in the project: there is none"
    ]


def test_a_command_is_what_runs_whatever_the_script_says(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    manifest = f"subprocess: {{command: [{sys.executable}], environment: uv, python: 3.99}}\n"
    outcome, seen = run(folder, instance, manifest, INLINE.format('"no-such-package-of-ours"'))
    assert outcome.success, outcome.failures
    assert seen["has_dagster"]
