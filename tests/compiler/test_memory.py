"""Compiling again: what comes of it is the same, and only what has changed is made again."""

import json
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipes_projects.codes import Code
from pipes_projects.compiler import Compilation, Memory, compile_sources
from pipes_projects.compiler.memory import reading_with
from pipes_projects.compiler.parse import nodes
from pipes_projects.compiler.parse.document import parse
from pipes_projects.compiler.validate.validation import validate
from pipes_projects.disk.cache import FEW, CacheFile
from pipes_projects.disk.files import TextFiles
from pipes_projects.kinds import built_in_contract
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.model.shapes import SchemaShape
from pipes_projects.project_folder import read_texts
from pipes_projects.source import SourceFile, Sources, Unreadable, read_sources
from tests.compiler.test_bad_input import CONTRACT, PATHS, SCRIPTS, texts
from tests.support.folder import Folder
from tests.support.in_process import call

BUILT_IN = built_in_contract()
CONTRACTS = (BUILT_IN, CONTRACT, replace(CONTRACT, asset_keys=frozenset({"raw/orders"})))


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[Sources, Contract]]:
    """A project as it is changed: texts, names, scripts, what can be read, and the contract."""
    manifests, scripts, contract = dict[str, str](), SCRIPTS, BUILT_IN
    unreadable: tuple[Unreadable, ...] = ()
    steps = []
    for _ in range(draw(st.integers(2, 6))):
        for path in draw(st.lists(st.sampled_from(PATHS), unique=True, max_size=3)):
            manifests.pop(path, None)
            if draw(st.integers(0, 3)):
                manifests[path] = draw(texts())
        if draw(st.booleans()):
            scripts = frozenset(draw(st.sets(st.sampled_from(sorted(SCRIPTS)))))
        if draw(st.booleans()):
            paths = draw(st.sets(st.sampled_from(PATHS), max_size=2)) - manifests.keys()
            unreadable = tuple(Unreadable(path, "it is odd", "mend it") for path in sorted(paths))
        if not draw(st.integers(0, 3)):
            contract = draw(st.sampled_from(CONTRACTS))
        files = tuple(SourceFile(*item) for item in manifests.items())
        steps.append((Sources(TextFiles(scripts), files, unreadable), contract))
    return steps


def seen(compilation: Compilation) -> tuple[object, ...]:
    """All of it; as text, where `True` would equal 1, and one `nan` not the other."""
    project, found, written, others = compilation
    rest = project._replace(scripts=())
    return repr((project.scripts, found)), rest, [*written.items()], [*others.items()]


@given(edits())
@settings(max_examples=300, deadline=None)
def test_with_a_memory_comes_out_what_comes_out_without(steps: list[Any]) -> None:
    memory = Memory()
    for sources, contract in steps:
        fresh = compile_sources(sources, contract)
        assert seen(compile_sources(sources, contract, memory=memory)) == seen(fresh)


@given(edits())
@settings(max_examples=200, deadline=None)
def test_what_an_earlier_run_has_read_says_the_same(steps: list[Any]) -> None:
    with TemporaryDirectory() as cache, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", cache)
        patch.setattr(read_texts, "FEW", 0)
        for sources, contract in steps:
            read = read_texts.ReadTexts(Path(cache))
            made = compile_sources(sources, contract, memory=reading_with(read.parse))
            read.keep()
            assert seen(made) == seen(compile_sources(sources, contract))


def test_the_next_run_reads_only_what_has_changed(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for number in range(FEW + 1):
        folder.asset(f"a/s{number}", f"description: the {number}th\ndeps: [b/up]\n")
    folder.asset("b/wrong", "deps: {")
    told = call("check", cwd=folder.root)
    assert (tmp_path / "cache").exists()
    folder.asset("a/s7", "description: new\ndeps: [b/up]\n")
    read: list[str] = []
    compose = nodes.compose
    monkeypatch.setattr(nodes, "compose", lambda text: [read.append(text), compose(text)][1])
    assert call("check", cwd=folder.root) == told
    assert sorted({text.splitlines()[0] for text in read}) == ["deps: {", "description: new"]


@pytest.mark.parametrize(
    "known", ["[]", "[1, 2, 3, 4]", '[{}, [["a"]], 0, []]', "[{}, [], 0, [[1, 2]]]"]
)
def test_what_is_known_of_a_text_may_be_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(read_texts, "FEW", 0)
    source, read = SourceFile("defs/a/b.yaml", "deps: [1]"), read_texts.ReadTexts(tmp_path)
    read.parse(source)
    read.keep()
    (file,) = (tmp_path / "pipes-projects").iterdir()
    kept = json.loads(file.read_text())
    file.write_text(json.dumps(kept | {"known": dict.fromkeys(kept["known"], json.loads(known))}))
    again = read_texts.ReadTexts(tmp_path).parse(source)
    assert again.document
    assert (again.document.data, again.document.written) == ({"deps": [1]}, {("deps", 0): "1"})


NO_HOME = """
import os
os.path.expanduser = lambda path: path
from pathlib import Path
from pipes_projects.disk.cache import CacheFile, cache_folder
CacheFile("manifests", Path.cwd()).keep({"a": 1})
assert CacheFile("manifests", Path.cwd()).read() == {}
cache_folder().mkdir(parents=True)
assert cache_folder().stat().st_uid == os.getuid()
print(cache_folder())
"""


def test_a_user_without_a_home_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    place = subprocess.check_output([sys.executable, "-c", NO_HOME], cwd=tmp_path, text=True)
    assert list(tmp_path.iterdir()) == []
    assert Path(place.strip()).is_absolute()
    assert not Path(place.strip()).parent.exists()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    CacheFile("manifests", tmp_path).keep({"a": 1})
    assert CacheFile("manifests", tmp_path).read() == {"a": 1}


def project(**manifests: str) -> Sources:
    files = tuple(SourceFile(f"defs/{name}.yaml", text) for name, text in manifests.items())
    scripts = frozenset(f"defs/{name}.py" for name in manifests)
    return Sources(TextFiles(scripts), files)


def values(*texts: str) -> Iterator[Any]:
    memory = Memory()
    for text in texts:
        found = compile_sources(project(**{"g/a": text}), memory=memory).project
        yield from (script.fields.extras for script in found.scripts)


def test_true_is_not_taken_for_1() -> None:
    assert repr(list(values("extras: {a: 1}", "extras: {a: true}", "extras: {a: 1.0}"))) == (
        "[{'a': 1}, {'a': True}, {'a': 1.0}]"
    )


def with_default(default: object) -> Contract:
    fields = SchemaShape({"properties": {"cost": {"type": "boolean", "const": default}}})
    kind = replace(BUILT_IN.kinds["subprocess"], asset_fields=fields)
    return replace(BUILT_IN, kinds={**BUILT_IN.kinds, "subprocess": kind})


def test_a_contract_is_not_taken_for_one_that_only_equals_it() -> None:
    sources, memory = project(**{"g/a": "cost: true"}), Memory()
    for contract in (with_default(1), with_default(True)):
        fresh = compile_sources(sources, contract)
        assert seen(compile_sources(sources, contract, memory=memory)) == seen(fresh)


MANIFESTS = {
    "g/_defaults": "owners: [team:x]",
    "g/a": "description: a",
    "g/b": "deps: [g/a]",
    "h/c": "deps: [g/b]",
}


def again(memory: Memory, changed: str, text: str) -> set[str]:
    """The scripts that are made again after a change."""
    before = compile_sources(project(**MANIFESTS), memory=memory).project
    after = compile_sources(project(**(MANIFESTS | {changed: text})), memory=memory).project
    kept = set(map(id, before.scripts))
    return {script.name for script in after.scripts if id(script) not in kept}


@pytest.mark.parametrize(
    ("changed", "text", "made"),
    [
        ("g/a", "description: a", set()),
        ("g/a", "description: another", {"g/a"}),
        ("g/_defaults", "owners: [team:y]", {"g/a", "g/b"}),
        ("h/_defaults", "owners: [team:y]", {"h/c"}),
        ("h/c", "depz: [g/b]", {"h/c"}),
    ],
)
def test_only_what_has_changed_is_made_again(changed: str, text: str, made: set[str]) -> None:
    assert again(Memory(), changed, text) == made


def test_an_equal_contract_changes_nothing() -> None:
    memory = Memory()
    first, second = (
        compile_sources(project(**MANIFESTS), built_in_contract(), memory=memory).project
        for _ in range(2)
    )
    assert all(a is b for a, b in zip(first.scripts, second.scripts, strict=True))


def test_a_memory_holds_no_more_than_the_last_compilation_used() -> None:
    memory = Memory()
    first = compile_sources(project(**MANIFESTS), memory=memory).project
    compile_sources(project(**{"g/a": "description: a"}), memory=memory)
    again = compile_sources(project(**MANIFESTS), memory=memory).project
    kept = {script.name for script in again.scripts if script in first.scripts}
    assert kept == {script.name for script in first.scripts}  # equal, but
    assert not {id(script) for script in again.scripts} & {id(script) for script in first.scripts}


def test_a_script_that_comes_and_goes_is_seen() -> None:
    memory, sources = Memory(), project(**{"g/a": "description: a"})
    without = sources._replace(files=TextFiles(frozenset()))
    paths = [
        compile_sources(some, memory=memory).project.scripts[0].path
        for some in (sources, without, sources)
    ]
    assert paths == ["defs/g/a.py", None, "defs/g/a.py"]


@given(texts())
@settings(max_examples=300, deadline=None)
@example("assets: {1.10: , b: {code_version: 1.10}}\ncode_version: 1.10\n")
@example("code_version: 1.10\nowners: [1.10]\nsubprocess: {args: [1.10, yes]}\n")
def test_validation_leaves_the_document_as_it_was(text: str) -> None:
    document = parse(SourceFile("defs/g/a.yaml", text)).document
    if document:
        before = deepcopy(document.data)
        first = validate(document, CONTRACT)
        assert repr(document.data) == repr(before)
        assert repr(first.diagnostics) == repr(validate(document, CONTRACT).diagnostics)


def test_a_script_is_judged_again_only_when_its_content_changes(folder: Folder) -> None:
    memory, judged = Memory(), list[bytes]()
    for content in ("1", "1", "(", "("):
        folder.write("defs/a/one.py", content)
        memory.begin(BUILT_IN)
        files = read_sources(folder.root).files
        memory.judged(files, "defs/a/one.py", judged.append)
    assert judged == [b"1", b"("]


def test_what_is_wrong_with_a_script_is_seen_as_soon_as_it_is_and_as_long(folder: Folder) -> None:
    folder.asset("a/one")
    memory, codes = Memory(), []
    for content in ("1", "(", "(", "1"):
        folder.write("defs/a/one.py", content)
        compilation = compile_sources(read_sources(folder.root), memory=memory)
        codes.append([finding.code for finding in compilation.diagnostics])
    assert codes == [[], [Code.PYTHON_SYNTAX], [Code.PYTHON_SYNTAX], []]
