"""What a script is on disk when Dagster's definitions are made of its project."""

import os
import resource
import socket
from hashlib import sha256
from pathlib import Path

import dagster as dg
import pytest

from pipes_projects import InvalidProjectError, PipesProject, PipesScriptManifest
from pipes_projects.analysis import script_text
from pipes_projects.emitter.owner.description import LINES
from tests.support.folder import Folder
from tests.support.projects.owners import script_with, with_kinds
from tests.support.projects.quarantine import quarantined


def spec_of(folder: Folder, name: str) -> dg.AssetSpec:
    defs = folder.definitions()
    return defs.resolve_assets_def(dg.AssetKey(name.split("/"))).get_asset_spec(
        dg.AssetKey(name.split("/"))
    )


@pytest.mark.parametrize("size", [0, 1, 3, script_text.KEPT - 1, script_text.KEPT, 20 << 20])
def test_the_code_version_is_the_hash_of_the_whole_script(folder: Folder, size: int) -> None:
    content = (b"# a line of text\n" * (size // 17 + 1))[:size]
    folder.asset("a/long")
    (folder.root / "defs/a/long.py").write_bytes(content)
    spec = spec_of(folder, "a/long")
    assert spec.code_version == sha256(content).hexdigest()
    left = len(content.splitlines()) - LINES
    if left > 0:
        note = f"\n```\n\n… and {left:,} more lines: the rest is in `defs/a/long.py`."
        assert (spec.description or "").endswith(note)


def test_a_long_script_takes_little_memory(folder: Folder) -> None:
    folder.asset("a/long")
    with open(folder.root / "defs/a/long.py", "wb") as file:
        file.seek(300 << 20)
        file.write(b"\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    folder.definitions()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10


def changing(folder: Folder, change) -> type[PipesProject]:  # type: ignore[no-untyped-def]
    """A project whose class changes the disk once everything is compiled."""

    class Changing(PipesScriptManifest):
        def __init__(self, script) -> None:  # type: ignore[no-untyped-def]
            super().__init__(script)
            change(folder.root / "defs/a/odd.py")

    return with_kinds(subprocess=script_with(script=Changing))


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("change", "why"),
    [(remove, "no such file or directory"), (pipe, "it is a named pipe, not a file")],
)
def test_a_script_that_vanishes_meanwhile_is_a_finding(folder: Folder, change, why: str) -> None:  # type: ignore[no-untyped-def]
    folder.write("defs/a/odd.yaml", "assets:\n  one: {}\n  two: {}\n")
    folder.write("defs/a/odd.py")
    folder.asset("a/fine")
    project = changing(folder, change)
    with pytest.raises(InvalidProjectError) as raised:
        folder.definitions(project)
    (finding,) = raised.value.diagnostics
    assert (finding.code, finding.message) == (
        "missing-script",
        f"`defs/a/odd.py` cannot be read: {why}",
    )
    folder.asset("a/odd2")
    remove(folder.root / "defs/a/odd.py")
    folder.write("defs/a/odd.py")
    graph = quarantined(folder, project)
    assert graph.real == {"a/fine", "a/odd2"}
    assert graph.placeholders.keys() == {"a/one", "a/two"}


def special(path: Path, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        here = os.getcwd()
        os.chdir(path.parent)  # the name of a socket must be short
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
        os.chdir(here)
    else:
        path.symlink_to("/dev/zero")


KINDS = {"pipe": "a named pipe", "socket": "a socket", "device": "a link out of the project"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("manifest", ["", "script: odd.py\n"])
def test_what_is_no_file_is_no_script(folder: Folder, kind: str, manifest: str) -> None:
    folder.write("defs/a/odd.yaml", manifest)
    special(folder.root / "defs/a/odd.py", kind)
    folder.asset("a/fine")
    (finding,) = folder.compile().diagnostics
    assert KINDS[kind] in finding.message
    with pytest.raises(InvalidProjectError):
        folder.definitions()
    graph = quarantined(folder)
    assert graph.real == {"a/fine"}
    assert graph.placeholders.keys() == {"a/odd"}


@pytest.mark.parametrize("name", ["odd.yaml", "_defaults.yaml", "_defaults.yml", "odd.yml"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_no_manifest(folder: Folder, kind: str, name: str) -> None:
    folder.asset("a/fine")
    special(folder.root / "defs/a" / name, kind)
    (finding,) = folder.compile().diagnostics
    assert finding.code == "unreadable-file"
    assert finding.location.path == f"defs/a/{name}"
