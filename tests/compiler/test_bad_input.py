"""Nothing below `defs/` makes a traceback: whatever is there, the outcome is findings."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipes_projects.analysis.picture.making import picture_sources
from pipes_projects.analysis.picture.model import Picture
from pipes_projects.codes import Code
from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.compiler.parse import nodes
from pipes_projects.compiler.parse.document import Document, parse
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.files import MAX_BYTES, TextFiles
from pipes_projects.kinds import built_in_contract
from pipes_projects.layout import LayoutError, find_layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.project_folder import compile_project
from pipes_projects.project_folder.picture import picture_project
from pipes_projects.render.findings.text import render_text
from pipes_projects.render.listing import render_table
from pipes_projects.render.picture.plain import render_json
from pipes_projects.schema.contract.reading import ContractError, read_contract
from pipes_projects.schema.documents import manifest_schema, render
from pipes_projects.source import Location, SourceFile, Sources

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/customized"
CONTRACT = read_contract(EXAMPLE / "schemas/manifest.schema.json")

# What every finding promises.


def assert_place(location: Location, compilation: Compilation) -> None:
    """Inside its file, on one line."""
    start, end = location.span
    source = compilation.texts.get(location.path)
    if source is None:
        line = location.span.start.line  # at most, where the file stops being text
        assert location.span == ((line, 0), (line, 0))
        return
    assert 0 <= start.line < len(source.line_starts)
    assert start.line == end.line
    assert 0 <= start.column <= end.column <= len(source.line(start.line))


def assert_sentence(text: str) -> None:
    assert text.strip()
    assert text.isprintable()
    assert len(text) < 1_100


def assert_finding(finding: Diagnostic, compilation: Compilation) -> None:
    assert finding.code in Code
    assert_sentence(finding.message)
    assert finding.help is None or finding.help.isprintable()
    assert_place(finding.location, compilation)
    for related in finding.related:
        assert_sentence(related.message)
        assert_place(related.location, compilation)


def assert_findings(picture: Picture) -> None:
    """All are as they should be, and every reader can show them."""
    compilation = picture.compilation
    for finding in compilation.diagnostics:
        assert_finding(finding, compilation)
    assert list(compilation.diagnostics) == sorted(
        compilation.diagnostics,
        key=lambda finding: (finding.location, finding.code, finding.message),
    )
    for colour in (True, False):
        render_text(compilation, colour).encode()
    render_table(picture)
    json.loads(render_json(picture))


# Texts: realistic manifests, mutated.

MANIFESTS = [
    path.read_text("utf-8", "replace")
    for pattern in ("examples/**/defs/**/*.yaml", "tests/cases/*/*/defs/**/*.yaml")
    for path in sorted(ROOT.glob(pattern))
]
FRAGMENTS = [
    *":-?[]{}&*!|>'\"%@`#,\n\t\r~\\0x=<. ",
    *("\ufeff", "\u2028", "\x85", "\x00", "\x07", "\ud800", "\U0010fffd", "é", "😀", "\u202e"),
    *(": ", "- ", "\n  ", "\r\n", "---\n", "...\n", "%YAML 1.1\n", "<<: ", "*a", "&a ", "!!str "),
    *("null", "[]", "{}", "1e999", "9" * 500, ".nan", "\\ud800", "\\0", '"\\x00"', "kind: ", "|+2"),
    *("assets:", "deps:", "tags:", "external", "[key]", "a/b/c", "x" * 300, " " * 60, "? "),
]


def spot(draw: st.DrawFn, text: str) -> int:
    return draw(st.integers(0, len(text)))


def cut(draw: st.DrawFn, text: str) -> str:
    start = spot(draw, text)
    return text[:start] + text[start + draw(st.integers(1, 20)) :]


def insert(draw: st.DrawFn, text: str) -> str:
    at = spot(draw, text)
    return text[:at] + draw(st.sampled_from(FRAGMENTS)) + text[at:]


def overwrite(draw: st.DrawFn, text: str) -> str:
    at, new = spot(draw, text), draw(st.sampled_from(FRAGMENTS))
    return text[:at] + new + text[at + len(new) :]


def move_lines(draw: st.DrawFn, text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(draw(st.permutations(lines))) if len(lines) < 12 else text


def repeat_line(draw: st.DrawFn, text: str) -> str:
    lines = text.splitlines(keepends=True) or ["\n"]
    line = draw(st.sampled_from(lines))
    lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(["", "  "])) + line)
    return "".join(lines)


def splice(draw: st.DrawFn, text: str) -> str:
    other = draw(st.sampled_from(MANIFESTS))
    return text[: spot(draw, text)] + other[spot(draw, other) :]


MUTATIONS = (cut, insert, insert, overwrite, move_lines, repeat_line, splice)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A manifest with some mistakes in it."""
    text = draw(st.sampled_from(MANIFESTS))
    for mutate in draw(st.lists(st.sampled_from(MUTATIONS), max_size=5)):
        text = mutate(draw, text)
    return text


PATHS = [
    *("defs/sales/orders.yaml", "defs/sales/orders.yml", "defs/sales/deep/orders.yaml"),
    *("defs/raw/orders.yaml", "defs/raw/_defaults.yaml", "defs/_defaults.yml", "defs/top.yaml"),
    *("defs/raw/defs.yaml", "defs/a b/x y.yaml", "defs/raw/.yaml", "defs/sales/_defaults.yaml"),
]
SCRIPTS = frozenset(f"{path.rpartition('.')[0]}.py" for path in PATHS)


@st.composite
def projects(draw: st.DrawFn) -> Sources:
    """Several files of one project, in any order."""
    paths = draw(st.lists(st.sampled_from(PATHS), unique=True, min_size=1, max_size=5))
    return Sources(TextFiles(SCRIPTS), tuple(SourceFile(path, draw(texts())) for path in paths))


def one(text: str) -> Sources:
    return Sources(TextFiles(SCRIPTS), (SourceFile("defs/sales/orders.yaml", text),))


@given(texts())
@settings(max_examples=400, deadline=None)
@example('"\\uD83D": 1')
@example('deps: ["a\\nb"]')
@example("kind: subprocess\nsubprocess: {command: '\"'}")
@example("retry_policy: {backoff: LINEAR}")
@example("&a &\r\n")
def test_a_mutated_manifest_makes_findings(text: str) -> None:
    assert_findings(picture_sources(one(text)))


@given(st.text() | st.text(st.sampled_from("ab:-[]{}&*!|>'\"#\n\t \\"), max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_makes_findings(text: str) -> None:
    assert_findings(picture_sources(one(text)))


@given(projects())
@settings(max_examples=300, deadline=None)
def test_a_mutated_project_makes_findings(sources: Sources) -> None:
    for contract in (None, CONTRACT):
        assert_findings(picture_sources(sources, contract))


def in_one_order(compilation: Compilation) -> set[tuple[Code, frozenset[Location]]]:
    """The findings without saying which of two twins was the first."""
    return {
        (
            finding.code,
            frozenset([finding.location, *(related.location for related in finding.related)]),
        )
        for finding in compilation.diagnostics
        if finding.code not in (Code.DUPLICATE_ASSET, Code.DUPLICATE_MANIFEST)
    }


def has_twins(sources: Sources) -> bool:
    stems = [source.path.rpartition(".")[0] for source in sources.manifests]
    return len(set(stems)) < len(stems)


@given(projects(), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_the_files_changes_no_finding(sources: Sources, random: Any) -> None:
    if has_twins(sources):
        return
    shuffled = list(sources.manifests)
    random.shuffle(shuffled)
    found = compile_sources(sources)
    if any(finding.code == Code.DUPLICATE_ASSET for finding in found.diagnostics):
        return
    other = compile_sources(sources._replace(manifests=tuple(shuffled)))
    assert in_one_order(found) == in_one_order(other)


def reading(text: str) -> tuple[object, list[Diagnostic]]:
    document, found = parse(SourceFile("a.yaml", text))
    return document and (repr(document.data), document.written, places(document)), [*found]


def places(document: Document) -> list[Location]:
    found: list[Location] = []

    def visit(value: Any, path: tuple[str | int, ...]) -> None:
        found.extend((document.key(path), document.value(path)))
        if isinstance(value, dict | list):
            for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
                visit(inner, (*path, step))

    visit(document.data, ())
    return found


@given(texts() | st.text(st.sampled_from("ab:-[]{}&*!|>'\"#\n\t \\"), max_size=40))
@settings(max_examples=400, deadline=None)
@example("a: >#b\n  c\n")
@example(">\n#")
@example("a: *b: c\n")
@example("deps: [a]\n...\n...\n")
@example("\U0010fffd: a\n")
@example("a\tb: c\td\n")
def test_findings_are_the_same_without_the_c_parser(text: str) -> None:
    fast = reading(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nodes, "CParser", None)
        assert reading(text) == fast


# Contracts and settings.

BUILT_IN = render(manifest_schema(built_in_contract()))
CONTRACTS = [BUILT_IN, (EXAMPLE / "schemas/manifest.schema.json").read_text("utf-8")]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from(["", "object", "a", "(", "py"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "properties", "required", "$ref", "pattern", "items", "a", "enum"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
PARTS = ["description", "options", "script_fields", "asset_fields", "endings", "forbidden", "name"]
KINDS = st.dictionaries(
    st.sampled_from(["subprocess", "external", "fancy", "deps", "", "a b", "X"]),
    st.dictionaries(st.sampled_from([*PARTS, "any_ending_with", "takes_script"]), JSON, max_size=3)
    | JSON,
    max_size=3,
)
EXTENSION = "x-pipes-projects"
USES = Sources(
    TextFiles(SCRIPTS),
    (
        SourceFile("defs/sales/orders.yaml", "fancy: {a: 1}\na: x\nsubprocess: {a: 1}"),
        SourceFile(
            "defs/sales/fancy.yaml", "kind: fancy\nfancy: {a: [1, .inf]}\na: [1]\ndeps: [a/b]"
        ),
        SourceFile("defs/raw/orders.yaml", "assets: {a: {a: 1}, b: {type: 1}}"),
    ),
)


def contract_of(folder: Path, text: str) -> Contract | None:
    """The contract in a text; None where it is refused."""
    path = folder / "manifest.schema.json"
    path.write_text(text, "utf-8", errors="surrogatepass")
    try:
        return read_contract(path)
    except ContractError:
        return None


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


@given(kinds=KINDS | JSON, keys=st.lists(st.sampled_from(["a/b", ""])) | JSON)
@settings(max_examples=500, deadline=None)
@example(kinds={}, keys=[])
@example(kinds={"fancy": {"options": {"properties": {"a": {"pattern": "("}}}}}, keys=[])
@example(kinds={"fancy": {"options": {"properties": {"a": {"$ref": "http://localhost"}}}}}, keys=[])
@example(kinds={"fancy": {"options": {"properties": {"a": {"type": "texts"}}}}}, keys=[])
@example(kinds={"fancy": {"options": {"properties": {"a": {"multipleOf": 0}}}}}, keys=[])
def test_a_malformed_contract_is_refused_or_usable(scratch: Path, kinds: Any, keys: Any) -> None:
    extension = {"version": 1, "kinds": kinds, "asset_keys": keys}
    contract = contract_of(scratch, json.dumps({EXTENSION: extension}))
    if contract:
        assert_findings(picture_sources(USES, contract))


@st.composite
def mutated(draw: st.DrawFn, originals: list[str]) -> str:
    text = draw(st.sampled_from(originals))
    for mutate in draw(st.lists(st.sampled_from((cut, insert, overwrite)), max_size=3)):
        text = mutate(draw, text)
    return text


@given(text=mutated(CONTRACTS) | JSON.map(json.dumps))
@settings(max_examples=200, deadline=None)
@example(text="[" * 100_000)
@example(text="9" * 5_000)
@example(text="\ufeff{}")
@example(text="null")
def test_a_mutated_contract_is_refused_or_usable(scratch: Path, text: str) -> None:
    contract = contract_of(scratch, text)
    if contract:
        assert_findings(picture_sources(USES, contract))


def test_a_contract_that_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.json")
    for path in (tmp_path, tmp_path / "fifo.json"):
        with pytest.raises(ContractError):
            read_contract(path)


SETTINGS = [
    '[tool.pipes-projects]\ndefs = "defs"\ndefinitions = "definitions.py"\n',
    '[project]\nname = "x"\n\n[tool.pipes-projects]\ndefs = "a/b"\n',
    "[tool.pipes-projects]\n",
]


@given(text=mutated(SETTINGS))
@settings(max_examples=300, deadline=None)
@example(text="tool = 5")
@example(text="[tool]\npipes-projects = 3")
@example(text="[tool.pipes-projects]\ndefs = 3")
@example(text='[tool.pipes-projects]\ndefs = ""')
@example(text='[tool.pipes-projects]\ndefs = "."')
@example(text='[tool.pipes-projects]\ndefs = "\\u0000"')
@example(text='[tool.pipes-projects]\ndefs = "/"')
@example(text="a = " + "[" * 5_000)
def test_mutated_settings_are_refused_or_usable(scratch: Path, text: str) -> None:
    root = scratch / "settings"
    (root / "defs").mkdir(parents=True, exist_ok=True)
    (root / "pyproject.toml").write_text(text, "utf-8", errors="surrogatepass")
    try:
        layout = find_layout(root)
    except LayoutError:
        return
    assert_findings(picture_project(layout.root))


# Files and folders on a disk.


def bomb() -> str:
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    return "\n".join(["a0: &a0 [x]", *lines])


CONTENTS: dict[str, tuple[bytes, Code | None]] = {
    "bomb": (bomb().encode(), Code.YAML_SYNTAX),
    "binary": (bytes(range(256)), Code.UNREADABLE_FILE),
    "utf-16": ("kind: subprocess".encode("utf-16"), Code.UNREADABLE_FILE),
    "latin-1": ("description: é".encode("latin-1"), Code.UNREADABLE_FILE),
    "huge": (b"# " + b"x" * 10_000_000, Code.UNREADABLE_FILE),
    "a list": (b"- a\n- b\n", Code.INVALID_VALUE),
    "text": (b"hello", Code.INVALID_VALUE),
    "numbers for keys": (b"1: 2\n3.5: x\n", Code.UNKNOWN_KEY),
    "deep nesting": (b"extras: " + b"[" * 100_000, Code.YAML_SYNTAX),
    "huge number": (b"retry_policy: {max_retries: " + b"9" * 100_000 + b"}", Code.INVALID_VALUE),
    "large number": (b"retry_policy: {max_retries: " + b"9" * 300 + b"}", Code.INVALID_VALUE),
    "invalid escape": (b'description: "\\q"', Code.YAML_SYNTAX),
    "surrogate": (b'description: "\\ud800"', Code.YAML_SYNTAX),
    "raw surrogate": (b"description: \xed\xa0\x80", Code.UNREADABLE_FILE),
    "NUL": (b"description: a\x00b", Code.YAML_SYNTAX),
    "tabs": (b"tags:\n\ta: b\n", Code.YAML_SYNTAX),
    "two BOMs": (b"\xef\xbb\xbf\xef\xbb\xbfkind: subprocess", None),
    "open quote": (b'description: "' + b"x\n" * 10_000, Code.YAML_SYNTAX),
    "long line": (b"description: [" + b"x" * 200_000 + b"]", Code.INVALID_VALUE),
    "long key": (b"x" * 1_000 + b": 1", Code.UNKNOWN_KEY),
    "endless key": (b"x" * 200_000 + b": 1", Code.YAML_SYNTAX),
    "many keys": (b"\n".join(b"k%d: 1" % n for n in range(5_000)), Code.UNKNOWN_KEY),
    "BOM": (b"\xef\xbb\xbfkind: subprocess\n", None),
    "CRLF": (b"kind: subprocess\r\ntags:\r\n  a: b\r\n", None),
    "CR": (b"kind: subprocess\rtags:\r  a: b\r", None),
    "U+2028": ('description: "a\u2028b"\n'.encode(), None),
    "accents": ("é → 😀: 1".encode(), Code.UNKNOWN_KEY),
    "nothing": (b"", None),
    "spaces": (b" \n \n", None),
}


def below(tmp_path: Path) -> Path:
    """A project's group folder, with a script."""
    group = tmp_path / "defs/sales"
    group.mkdir(parents=True)
    (group / "orders.py").touch()
    return group


@pytest.mark.parametrize(("content", "code"), CONTENTS.values(), ids=CONTENTS)
def test_any_content_makes_findings(tmp_path: Path, content: bytes, code: Code | None) -> None:
    (below(tmp_path) / "orders.yaml").write_bytes(content)
    picture = picture_project(tmp_path)
    compilation = picture.compilation
    assert_findings(picture)
    assert {finding.code for finding in compilation.diagnostics} == ({code} if code else set())


def test_the_largest_file_that_is_read_is_read(tmp_path: Path) -> None:
    (below(tmp_path) / "orders.yaml").write_bytes(b"#" * MAX_BYTES)
    assert compile_project(tmp_path).diagnostics == ()


def fifo(group: Path) -> None:
    os.mkfifo(group / "pipe.yaml")


def broken_link(group: Path) -> None:
    (group / "link.yaml").symlink_to("nowhere")


def link_to_itself(group: Path) -> None:
    (group / "self.yaml").symlink_to("self.yaml")


def loop_of_folders(group: Path) -> None:
    (group / "again").symlink_to(group.parent)


def two_loops(group: Path) -> None:
    (group / "one").symlink_to("two")
    (group / "two").symlink_to("one")


def endless_device(group: Path) -> None:
    (group / "zero.yaml").symlink_to("/dev/zero")


def odd_names(group: Path) -> None:
    for name in ("new\nline", "esc\x1b[31m", "rtl\u202e", "nul\u2028"):
        (group / f"{name}.yaml").touch()


def bytes_for_a_name(group: Path) -> None:
    (Path(os.fsdecode(bytes(group) + b"/\xff\xfe.yaml"))).touch()


def odd_folders(group: Path) -> None:
    for name in (b"new\nline", b"\xff", b"esc\x1b[31m"):
        folder = Path(os.fsdecode(bytes(group.parent) + b"/" + name))
        folder.mkdir()
        (folder / "orders.yaml").touch()


def too_deep(group: Path) -> None:
    here = os.open(group, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=here)
        here = os.open("d" * 200, os.O_RDONLY, dir_fd=here)


BAD: tuple[Callable[[Path], None], ...] = (
    *(fifo, broken_link, link_to_itself, loop_of_folders, endless_device),
    *(odd_names, bytes_for_a_name, odd_folders, too_deep),
)


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_whatever_is_on_the_disk_makes_findings(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(below(tmp_path))
    picture = picture_project(tmp_path)
    compilation = picture.compilation
    assert compilation.diagnostics
    assert_findings(picture)


@pytest.mark.parametrize(
    "make", [odd_names, bytes_for_a_name, odd_folders], ids=lambda make: make.__name__
)
@pytest.mark.parametrize("command", [("check", "--diff"), ("editor",)], ids=" ".join)
def test_whatever_a_file_is_called_no_command_fails_of_itself(
    tmp_path: Path, make: Callable[[Path], None], command: tuple[str, ...]
) -> None:
    make(below(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "pipes_projects", *command, str(tmp_path)],
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr


def test_a_loop_of_links_that_names_no_manifest_is_none_of_our_business(tmp_path: Path) -> None:
    group = below(tmp_path)
    two_loops(group)
    (group / "orders.py").unlink()
    assert compile_project(tmp_path).diagnostics == ()


def test_a_folder_called_like_a_manifest_is_a_folder(tmp_path: Path) -> None:
    group = below(tmp_path)
    (group / "orders.yaml").mkdir()
    (group / "orders.yaml/daily.yaml").touch()
    (group / "orders.yaml/daily.py").touch()
    (group / "orders.py").unlink()
    picture = picture_project(tmp_path)
    compilation = picture.compilation
    assert compilation.diagnostics == ()
    assert [asset.key for asset in compilation.project.assets()] == ["sales/daily"]


def refusing(refused: Path) -> Callable[[Any], Any]:
    scandir = os.scandir

    def scan(path: Any) -> Any:
        if Path(path) == refused:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    return scan


def test_a_folder_that_cannot_be_read_is_one_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = below(tmp_path)
    (group / "secret").mkdir()
    (group / "orders.yaml").write_text("deps: [sales/hidden]")
    monkeypatch.setattr(os, "scandir", refusing(group / "secret"))
    picture = picture_project(tmp_path)
    compilation = picture.compilation
    assert_findings(picture)
    (found,) = compilation.diagnostics  # nobody knows whether `sales/hidden` is in there
    assert found.code is Code.UNREADABLE_FILE
    assert found.location.path == "defs/sales/secret"


def test_a_file_that_vanishes_or_may_not_be_read_is_one_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (below(tmp_path) / "orders.yaml").touch()

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    (found,) = compile_project(tmp_path).diagnostics
    assert found.code is Code.UNREADABLE_FILE
    assert found.message == "this cannot be read: permission denied"


# As a command.


def check(root: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "pipes_projects", "check", str(root)],
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )


def everything(group: Path) -> None:
    for make in BAD:
        make(group)
    for name, (content, _) in CONTENTS.items():
        (group / f"{name}.yaml").write_bytes(content)


@pytest.mark.parametrize("environment", [{}, {"PYTHONIOENCODING": "ascii"}], ids=["utf-8", "ascii"])
def test_check_exits_with_1_on_all_of_it(tmp_path: Path, environment: dict[str, str]) -> None:
    everything(below(tmp_path))
    outcome = check(tmp_path, **environment)
    assert outcome.returncode == 1, outcome.stderr.decode()
    assert outcome.stderr == b""
    assert b"\x1b" not in outcome.stdout


def test_check_exits_with_2_on_a_malformed_contract(tmp_path: Path) -> None:
    below(tmp_path)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/manifest.schema.json").write_text("[]")
    assert check(tmp_path).returncode == 2


def test_check_of_a_link_that_leads_out_of_the_project_is_no_bug(tmp_path: Path) -> None:
    group = below(tmp_path / "project")
    (tmp_path / "elsewhere.yaml").touch()
    (group / "orders.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert check(group / "orders.yaml").returncode in (0, 1)


def test_folders_that_links_multiply_come_to_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipes_projects.source.MAX_FOLDERS", 200)
    folders = [tmp_path / "defs/group", *(tmp_path / f"elsewhere/{n}" for n in range(20))]
    for folder in folders:
        folder.mkdir(parents=True)
    for folder, below in pairwise(folders):
        (folder / "one").symlink_to(below)
        (folder / "two").symlink_to(below)
    messages = [finding.message for finding in compile_project(tmp_path).diagnostics]
    assert messages == ["there are more than 200 folders here"]


def test_assets_with_misplaced_lines_keep_their_order() -> None:
    names = [f"asset_{number}" for number in range(20)]
    text = "assets:\n" + "".join(f"  {name}:\n  deps: [raw/orders]\n" for name in names)
    files = TextFiles(frozenset({"defs/g/a.py"}))
    sources = Sources(files, (SourceFile("defs/g/a.yaml", text),))
    project = compile_sources(sources).project
    assert [asset.name for asset in project.assets()] == names
