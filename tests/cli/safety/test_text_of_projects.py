"""Whatever a project says: no terminal and no CI system is told what to do by it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pipes_projects.render.findings.formats import FORMATS
from tests.support.dagster.running import ROOT
from tests.support.folder import Folder
from tests.support.in_process import Answer, call

COMMANDS = ["::error::pwned", "##[error]pwned", "##vso[task.complete]", "##teamcity[x]"]
SIGNS = ["\x1b[31m", "\x9b31m", "\x07", "\x7f", "\u202e", "\u2066", "\u2028", "\x85", "\r", "\n"]
HOSTILE = st.lists(
    st.sampled_from(
        [*COMMANDS, *(f"\n{command}" for command in COMMANDS), *SIGNS, "#", ":", "[", " ", "a"]
    )
    | st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    min_size=1,
    max_size=6,
).map("".join)


def is_obeyed(line: str) -> bool:
    """As the runners of GitHub, Azure Pipelines and TeamCity read a line."""
    command, end, _ = line.strip().removeprefix("::").partition("::")
    starts = line.strip().startswith("::") and end and re.match(r"[\w-]", command)
    return bool(starts) or any(mark in line for mark in ("##[", "##vso[", "##teamcity["))


def assert_harmless(written: bytes, are_commands: bool = False) -> None:
    for line in written.decode().split("\n"):
        assert line.removesuffix("\r").isprintable()  # a patch keeps the ends of lines
        own = re.match("::(error|warning|notice) file=", line) if are_commands else None
        rest = line[own.end() :] if own else line
        assert not is_obeyed(rest), line


def assert_all_harmless(answer: Answer, are_commands: bool = False) -> None:
    assert answer.code in (0, 1, 2), answer.err.decode()
    assert_harmless(answer.out, are_commands)
    assert_harmless(answer.err)


def as_file_name(text: str) -> str:
    return re.sub("[/\0]", "_", text).encode()[:100].decode("utf-8", "ignore").strip(".") or "_"


def a_hostile_project(root: Path, text: str) -> Folder:
    """With the text wherever a project can have one."""
    folder, quoted, name = Folder(root), json.dumps(text), as_file_name(text)
    folder.asset("raw/orders", f"key: {json.dumps(f'{text}/{text}')}\ntags: {{a: {quoted}}}\n")
    folder.asset("raw/lists", f"deps: [{quoted}, x/y]\ndescription: {quoted}\n{quoted}: 1\n")
    folder.asset("raw/slips", f"ownrs: [{quoted}]\nextras: {{x: {quoted}}}\npool: {quoted}\n")
    folder.asset("raw/parts", f"assets:\n  {quoted}: {{owners: {quoted}}}\n")
    folder.asset("raw/block", f"descripton: |\n  {text.replace(chr(10), chr(10) + '  ')}\n")
    folder.asset(f"{name}/{name}", "deps: [raw/orders]\nkind: subproces\n")
    (folder.root / "defs" / name / f"{name}.sql").write_text("")
    return folder


def calls(text: str) -> Iterator[tuple[str, ...]]:
    """Every command, with the text where one of its arguments can be."""
    argument = text
    yield from (("check", "--format", format_) for format_ in FORMATS)
    yield from [
        ("check", "--diff"),
        ("check", "--strict", argument),
        ("check", "--format", argument),
    ]
    yield from [("check", f"--{argument}"), ("check", "--output", argument)]
    yield from [("kinds",), ("kinds", argument), ("kinds", "subprocess", argument)]
    yield from [("list",), ("list", "--json"), ("list", argument), (argument,)]
    yield from (
        ("deploy", command, "--branch", argument) for command in ("plan", "up", "down", "show")
    )
    yield from [("deploy", "plan", argument), ("deploy", argument), ("deploy", "list", argument)]
    yield from [("deploy", "up", "x", "--target", argument), ("deploy", "gc", "--target", argument)]
    yield from (("graph", "--format", form) for form in ("text", "mermaid", "dot", "json"))
    yield from [("catalog", argument), ("catalog", "--output", as_file_name(argument))]
    yield from [("diff", argument), ("diff", "HEAD", argument), ("diff", "--format", argument)]
    yield from [("graph", argument), ("graph", "--expand", argument)]
    yield from [("explain", f"{argument}/{argument}"), ("explain", "--json", f"{text}/{text}")]
    yield from [("new", argument), ("new", f"raw/{argument}"), ("new", "raw/x", "--dep", argument)]
    yield from [("init", f"new/{as_file_name(argument)}"), ("editor",), ("editor", "--settings")]
    yield from [
        ("editor", "--dry-run"),
        ("schema", argument),
        ("check", "--changed-since", argument),
        ("import", argument),
        ("import", "dg", argument),
    ]


@given(HOSTILE)
@settings(max_examples=25, deadline=None)
@example("sales/orders\x1b[31m\n::error::x")
@example("\n##vso[task.setvariable variable=x]y")
def test_no_command_writes_what_a_terminal_or_a_ci_system_obeys(text: str) -> None:
    with TemporaryDirectory() as root:
        folder = a_hostile_project(Path(root), text)
        for arguments in calls(text):
            answer = call(*arguments, cwd=folder.root)
            assert_all_harmless(answer, are_commands=arguments[-1] == "github")


@given(HOSTILE)
@settings(max_examples=25, deadline=None)
def test_settings_and_contracts_are_told_harmlessly(text: str) -> None:
    with TemporaryDirectory() as root:
        folder = a_hostile_project(Path(root), text)
        folder.write("pyproject.toml", f"[tool.pipes-projects]\n{json.dumps(text)} = 1\n")
        assert_all_harmless(call("check", cwd=folder.root))
        folder.write("pyproject.toml", f"[tool.pipes-projects]\ndefs = {json.dumps(text)}\n")
        assert_all_harmless(call("list", cwd=folder.root))
        folder.write("pyproject.toml", text)
        assert_all_harmless(call("check", cwd=folder.root))
        (folder.root / "pyproject.toml").unlink()
        folder.write("schemas/manifest.schema.json", text)
        assert_all_harmless(call("check", cwd=folder.root))
        assert_all_harmless(call("editor", "--dry-run", cwd=folder.root))


@pytest.mark.parametrize("text", ["a\x1b[31m\n::error::x", "\n##vso[task.complete]"])
def test_what_owners_raise_is_told_harmlessly(folder: Folder, text: str) -> None:
    folder.asset("raw/orders")
    folder.write("definitions.py", f"raise ValueError({text!r})\n")
    for command in (["schema"], ["schema", "--check"], ["explain", "raw/orders", "--definitions"]):
        answer = call(*command, cwd=folder.root)
        assert answer.code == 2
        assert_all_harmless(answer)


DEPLOYS = """
import logging
from pipes_projects.deploy import deployer

@deployer("dev", at={at})
def up(context):
    context.log.warning({text})
    for script in context.scripts:
        context.publish(script, "/there/" + script)
    if context.branch == "fails":
        raise ValueError({text})
"""


@pytest.mark.parametrize("text", ["a\x1b[31m\n::error::x", "\n##vso[task.complete]\u202e"])
def test_what_is_deployed_is_told_harmlessly(folder: Folder, text: str) -> None:
    name = as_file_name(text)
    folder.asset("raw/orders", f"code_paths: [{json.dumps('*' + name[:1] + '*.txt')}]\n")
    folder.write(f"defs/raw/{name}.txt")
    at = str(folder.root / f"shipped{name}")
    folder.write("deploy.py", DEPLOYS.format(text=repr(text), at=repr(at)))
    for branch in (f"x{text}", "x", "fails"):
        for command in ("plan", "up", "show", "unlock", "down"):
            assert_all_harmless(call("deploy", command, "--branch", branch, cwd=folder.root))
    assert call("deploy", "up", "--branch", "x", cwd=folder.root).code == 0
    folder.write(f"defs/raw/{name}.txt", "more")
    plan = call("deploy", "plan", "--branch", "x", cwd=folder.root)
    assert b"changed  defs/raw/orders.py" in plan.out
    assert_all_harmless(plan)
    for arguments in (["list"], ["show", "--branch", "x", "--number", "3"], ["gc"], ["gc", text]):
        assert_all_harmless(call("deploy", *arguments, cwd=folder.root))


@given(HOSTILE)
@settings(max_examples=25, deadline=None)
def test_json_says_exactly_what_the_project_says(text: str) -> None:
    assume(all(text.split("/")))  # what has an empty part is no key
    with TemporaryDirectory() as root:
        folder = Folder(Path(root))
        folder.asset("raw/orders", f"deps: [{json.dumps(f'raw/{text}')}]\n")
        (asset,) = json.loads(call("list", "--json", cwd=folder.root).out)["assets"]
        assert asset["deps"] == [f"raw/{text}"]


# Any encoding


@pytest.fixture
def odd(folder: Folder) -> Folder:
    """A cycle, whose message has an arrow of ours, and words in many alphabets."""
    folder.asset("raw/one", "deps: [raw/two]\ntags: {größe: 大きい}\n")
    folder.asset("raw/two", 'deps: [raw/one]\ndescription: "…"\n')
    folder.asset("raw/日本", "ownrs: []\n")
    return folder


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp932", "utf-16-le"])
@pytest.mark.parametrize(
    "command",
    [["check"], ["list"], ["explain", "raw/one"], ["check", "größe"], ["check", "--diff"]],
)
def test_every_encoding_gets_the_same_answer(
    odd: Folder, command: list[str], encoding: str
) -> None:
    answer, usual = call(*command, cwd=odd.root, encoding=encoding), call(*command, cwd=odd.root)
    assert answer.code == usual.code
    if command[-1] != "--diff":  # a patch is of the files' bytes
        assert answer.out.decode(encoding).count("\n") == usual.out.count(b"\n")
    assert answer.err.decode(encoding).count("\n") == usual.err.count(b"\n")


def test_an_arrow_of_ours_is_spelt_where_there_is_none(odd: Folder) -> None:
    out = call("check", cwd=odd.root, encoding="ascii").out.decode("ascii")
    assert "`raw/one` -> `raw/two` -> `raw/one`" in out
    assert r"`\u65e5\u672c` cannot be an asset's name" in out


@pytest.mark.parametrize("command", [["check", "--format", "json"], ["list", "--json"]])
def test_json_is_in_ascii_where_utf_8_is_not_expected(odd: Folder, command: list[str]) -> None:
    answer, usual = call(*command, cwd=odd.root, encoding="cp1252"), call(*command, cwd=odd.root)
    assert json.loads(answer.out.decode("ascii")) == json.loads(usual.out)


# The one door

DOORS = {
    *("cli/streams.py", "cli/progress.py"),
    *("__main__.py", "schema/__main__.py", "deploy/ledger/__main__.py"),
}
WAYS_PAST_IT = re.compile(r"click\.(echo|secho)\(|\bprint\(|\.std(out|err)\.write|error\.show\(")


def test_nothing_but_the_door_writes_to_a_stream() -> None:
    package = ROOT / "pipes_projects"
    texts = {
        path.relative_to(package).as_posix(): path.read_text() for path in package.rglob("*.py")
    }
    assert {path for path, text in texts.items() if WAYS_PAST_IT.search(text)} == DOORS


def test_a_patch_that_cannot_be_shown_as_it_is_is_said_to_be_none(folder: Folder) -> None:
    folder.asset("raw/one", "description: |\n  ::error::x\nownrs: []\n")
    answer = call("check", "--diff", cwd=folder.root)
    assert b"this patch cannot be applied" in answer.err
    assert_all_harmless(answer)
