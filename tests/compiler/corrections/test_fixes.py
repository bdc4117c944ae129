"""Fixing findings: edits that keep all that an author wrote, and leave nothing worse."""

import os
import re
import shutil
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipes_projects.analysis import fixing
from pipes_projects.analysis.fixing import FixOutcome, apply_fixes
from pipes_projects.cli.check.fixes import write_fixes
from pipes_projects.codes import Code
from pipes_projects.compiler import compile_sources
from pipes_projects.compiler.fixes import edited
from pipes_projects.compiler.parse.document import parse
from pipes_projects.compiler.parse.nodes import compose
from pipes_projects.compiler.parse.tree import scalars_of
from pipes_projects.diagnostics import DeleteFile, TextEdit
from pipes_projects.disk.files import TextFiles
from pipes_projects.kinds import built_in_contract
from pipes_projects.layout import Layout
from pipes_projects.source import SourceFile, Sources
from pipes_projects.spelling import obvious
from tests.compiler.test_bad_input import MANIFESTS, PATHS, SCRIPTS, texts
from tests.support.command import run
from tests.support.folder import Folder
from tests.support.repositories import init

CONTRACT = built_in_contract()


def fixed(sources: Sources) -> FixOutcome:
    return apply_fixes(sources, CONTRACT, lambda compilation: compilation)


# What is a typo.


@pytest.mark.parametrize(
    ("word", "known", "right"),
    [
        ("depz", ["deps", "tags"], "deps"),
        ("raw/ordes", ["raw/orders", "raw/customers"], "raw/orders"),
        ("raw/order", ["raw/orders", "raw/orderz"], None),
        ("sales_2023", ["sales_2024"], None),
        ("v1/sales", ["v2/sales"], None),
        ("staging/orders", ["raw/orders"], None),
        ("kin", ["kind", "kinds"], "kind"),
        ("x", [], None),
    ],
)
def test_a_slip_has_one_near_word_and_the_same_digits(
    word: str, known: list[str], right: str | None
) -> None:
    assert obvious(word, known) == right


# Properties.

WORD = re.compile(r"[A-Za-z_/]{4,}")
KNOWN = ["deps", "owners", "kinds", "tags", "schedule", "raw/orders", "subprocess", "asset"]


def slip(draw: st.DrawFn, text: str) -> str:
    """One word with a letter too few, too many, or two that changed places."""
    words = list(WORD.finditer(text))
    if not words:
        return text
    start, end = draw(st.sampled_from(words)).span()
    at = draw(st.integers(start, end - 2))
    two = text[at : at + 2]
    new = draw(st.sampled_from([two[0], two + "z", two[::-1]]))
    return text[:at] + new + text[at + 2 :]


def wrong_form(draw: st.DrawFn, text: str) -> str:
    lines = [
        *("deps: raw/orders", "kinds: python, duckdb", "can_subset: yes", "description: 3.10"),
        *("owners: 'team:a'", 'kind: "subproces"', "kind: [python]", "automation_condition: eagr"),
        *("'ownerz': [team:a]", "pool: 7", "deps: [orders, raw/ordes]", "schedul: '@daily'"),
    ]
    return text + draw(st.sampled_from(["", "\n"])) + draw(st.sampled_from(lines)) + "\n"


def comment(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    at = draw(st.integers(0, len(lines) - 1))
    lines[at] += draw(st.sampled_from([" # said", "   #: 'x' [", " # depz: yes", " #\t\u00e9 😀"]))
    return "\n".join(lines)


def windows(_: st.DrawFn, text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


@st.composite
def slipped(draw: st.DrawFn) -> str:
    """A manifest with typos, wrong forms and comments, or any mistakes."""
    text = draw(st.sampled_from(MANIFESTS) | texts())
    changes = st.sampled_from([slip, slip, wrong_form, comment, comment, windows])
    for change in draw(st.lists(changes, max_size=6)):
        text = change(draw, text)
    return text


@st.composite
def projects(draw: st.DrawFn) -> Sources:
    paths = draw(st.lists(st.sampled_from(PATHS), unique=True, min_size=1, max_size=4))
    manifests = [SourceFile(path, draw(slipped())) for path in paths]
    if draw(st.booleans()):  # a twin that says the same
        twin = manifests[0].path.rpartition(".")[0] + ".yml"
        if twin not in paths:
            manifests.append(SourceFile(twin, manifests[0].text))
    return Sources(TextFiles(SCRIPTS), tuple(manifests))


def one(text: str) -> Sources:
    return Sources(TextFiles(SCRIPTS), (SourceFile("defs/sales/orders.yaml", text),))


TRICKY = [
    "deps: raw/orders # c\r\nkinds: a, b\r\ncan_subset: yes",
    "&a depz: [*a]\n",
    "deps: &d raw/orders\nextras: {x: *d}\n",
    "? depz\n: [raw/orders]\n",
    "{depz: [raw/orders], owners: [team:a]} # c",
    '{"depz":["raw/ordes"]}',
    "deps: >-\n  raw/orders\n",
    "deps:\n  raw/orders\n",
    "depz: 1\ndepz: 2\n",
    "depz: [a]\ndpes: [b]\n",
    "assets:\n  a: &x {ownrs: [team:a]}\n  b: *x\n",
    "owners: !  team:a\n",
    "kind: [python]\nkinds: [a]\n",
    "deps: [orders, orders, raw/ordes]\n",
    "schedule: {execution_timezone: berlin}\n",
    "\ufeffdepz: []\n",
    "tags: {a: b}\rownrs: [team:a]\r",
    "deps: 'it''s'\n",
    "owners: team:a#b\n",
]


def comments(text: str) -> list[str]:
    """What stands behind a `#` that is not part of a value."""
    root = compose(text)
    values = [range(scalar.start, scalar.end) for scalar in (scalars_of(root) if root else ())]
    found = re.finditer(r"(?:^|(?<=\s))#.*", text, re.MULTILINE)
    return [match[0] for match in found if not any(match.start() in value for value in values)]


def rounds(sources: Sources) -> Iterator[tuple[SourceFile, SourceFile, list[TextEdit]]]:
    """Each edit on its own: the file before, after, and the edit."""
    for finding in compile_sources(sources, CONTRACT).diagnostics:
        for edit in finding.fix.edits if finding.fix else ():
            if isinstance(edit, TextEdit):
                source = next(s for s in sources.manifests if s.path == edit.location.path)
                yield source, edited(source, [edit]), [edit]


@given(projects() | slipped().map(one))
@settings(max_examples=500, deadline=None)
@example(one(TRICKY[0]))
@example(one(f"\t\n{TRICKY[0]}"))
def test_an_edit_changes_its_word_alone_and_the_text_stays_yaml(sources: Sources) -> None:
    for before, after, (edit,) in rounds(sources):
        start, end = (before.index(position) for position in edit.location.span)
        assert edit.location.path == before.path
        assert before.text[:start] + edit.new_text + before.text[end:] == after.text
        assert "\n" not in edit.new_text + before.text[start:end]
        assert comments(before.text) == comments(after.text)
        assert parse(after).document is not None


def check_all(sources: Sources) -> None:
    before, after = compile_sources(sources, CONTRACT), fixed(sources)
    left = {manifest.path: manifest for manifest in after.sources.manifests}
    old, new = (
        Counter(finding.location.path for finding in compilation.diagnostics)
        for compilation in (before, after.compilation)
    )
    assert new <= old
    for source in sources.manifests:
        if source.path not in left:
            assert any(
                DeleteFile(source.path) in finding.fix.edits
                for finding in after.fixed
                if finding.fix
            )
        elif left[source.path].text != source.text:
            assert parse(left[source.path]).document is not None
            assert comments(source.text) == comments(left[source.path].text)
            assert source.text.count("\n") == left[source.path].text.count("\n")
            assert source.text.count("\r") == left[source.path].text.count("\r")
    again = fixed(after.sources)
    assert again.fixed == ()
    assert again.sources.manifests == after.sources.manifests


@given(projects())
@settings(max_examples=300, deadline=None)
def test_fixing_loses_no_comment_leaves_nothing_worse_and_is_done_at_once(sources: Sources) -> None:
    check_all(sources)


@given(slipped().map(one))
@settings(max_examples=300, deadline=None)
def test_fixing_one_manifest_likewise(sources: Sources) -> None:
    check_all(sources)


@pytest.mark.parametrize("text", TRICKY)
def test_fixing_tricky_texts_likewise(text: str) -> None:
    check_all(one(text))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (TRICKY[0], "deps: [raw/orders] # c\r\nkinds: [a, b]\r\ncan_subset: true"),
        (TRICKY[2], TRICKY[2]),
        (TRICKY[3], "? deps\n: [raw/orders]\n"),
        (TRICKY[4], "{deps: [raw/orders], owners: [team:a]} # c"),
        (TRICKY[5], '{"deps":["raw/orders"]}'),
        (TRICKY[6], TRICKY[6]),
        (TRICKY[7], "deps:\n  [raw/orders]\n"),
        (TRICKY[9], TRICKY[9]),
        (TRICKY[10], TRICKY[10]),
        (TRICKY[12], TRICKY[12]),
        (TRICKY[16], "tags: {a: b}\rowners: [team:a]\r"),
        (TRICKY[18], "owners: [team:a#b]\n"),
    ],
)
def test_tricky_texts_become(text: str, after: str) -> None:
    sources = one(text)
    raw = SourceFile("defs/raw/orders.yaml", "")
    outcome = fixed(Sources(sources.files, (*sources.manifests, raw)))
    assert outcome.sources.manifests[0].text == after


# On the disk.


def test_fix_writes_says_what_and_shows_what_is_left(folder: Folder) -> None:
    folder.asset("raw/orders")
    folder.asset("sales/revenue", "depz: [raw/ordes]   # by month\npool: a b\n")
    answer = run("check", "--fix", cwd=folder.root)
    manifest = folder.root / "defs/sales/revenue.yaml"
    assert answer.returncode == 1
    assert manifest.read_text() == "deps: [raw/orders]   # by month\npool: a b\n"
    assert answer.stderr == (
        "fixed defs/sales/revenue.yaml:1:1: write `deps` instead of `depz`\n"
        "fixed defs/sales/revenue.yaml:1:8: write `raw/orders` instead of `raw/ordes`\n"
    )
    assert answer.stdout == folder.check()
    assert "1 error" in answer.stdout


def test_fix_of_all_findings_exits_0(folder: Folder) -> None:
    folder.asset("sales/revenue", "can_subset: yes\n")
    assert run("check", "--fix", cwd=folder.root).returncode == 0
    assert run("check", "--fix", cwd=folder.root).stderr == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\xef\xbb\xbfkind: subproces\r\n", b"\xef\xbb\xbfkind: subprocess\r\n"),
        (b"can_subset: yes", b"can_subset: true"),
        (b"# caf\xc3\xa9\r\ncan_subset:   no  # \xf0\x9f\x98\x80\r\n\r\n",) * 2,
    ],
)
def test_fix_keeps_marks_line_ends_and_modes(folder: Folder, before: bytes, after: bytes) -> None:
    folder.asset("sales/revenue")
    path = folder.root / "defs/sales/revenue.yaml"
    path.write_bytes(before)
    path.chmod(0o640)
    assert run("check", "--fix", cwd=folder.root).returncode == 0
    assert path.read_bytes() == after.replace(b"  no  ", b"  false  ")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert {file.name for file in path.parent.iterdir()} == {"revenue.yaml", "revenue.py"}


def test_fix_of_some_files_leaves_the_others(folder: Folder) -> None:
    folder.asset("sales/a", "can_subset: yes\n")
    folder.asset("sales/b", "can_subset: yes\n")
    assert run("check", "--fix", folder.root / "defs/sales/a.yaml").returncode == 0
    assert (folder.root / "defs/sales/b.yaml").read_text() == "can_subset: yes\n"


def test_fix_removes_a_twin_that_says_the_same(folder: Folder) -> None:
    folder.asset("sales/a", "owners: [team:a]\n")
    folder.write("defs/sales/a.yml", "owners: ['team:a']\n")
    answer = run("check", "--fix", cwd=folder.root)
    assert answer.returncode == 0
    assert answer.stderr == (
        "fixed defs/sales/a.yml:1:1: remove `a.yml`, which says the same as `a.yaml`\n"
    )
    assert not (folder.root / "defs/sales/a.yml").exists()


def test_diff_shows_and_writes_nothing(folder: Folder) -> None:
    folder.asset("sales/a", "# a\ncan_subset: yes")
    folder.write("defs/sales/a.yml", "# a\ncan_subset: yes")
    answer = run("check", "--diff", cwd=folder.root)
    assert answer.returncode == 1
    assert answer.stderr == "--fix would fix 2 findings\n"
    assert (folder.root / "defs/sales/a.yaml").read_text() == "# a\ncan_subset: yes"
    assert answer.stdout == (
        "diff --git a/defs/sales/a.yaml b/defs/sales/a.yaml\n"
        "--- a/defs/sales/a.yaml\n+++ b/defs/sales/a.yaml\n@@ -1,2 +1,2 @@\n # a\n"
        "-can_subset: yes\n\\ No newline at end of file\n"
        "+can_subset: true\n\\ No newline at end of file\n"
        "diff --git a/defs/sales/a.yml b/defs/sales/a.yml\ndeleted file mode 100644\n"
        "--- a/defs/sales/a.yml\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-# a\n"
        "-can_subset: yes\n\\ No newline at end of file\n"
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_the_diff_is_a_patch_that_does_what_fix_does(folder: Folder, start: str, end: str) -> None:
    folder.asset("raw/orders")
    folder.asset("sales/a")
    lines = ["depz: raw/orders  # é", "kind: subproces", "", "can_subset: yes"]
    path = folder.root / "defs/sales/a.yaml"
    path.write_bytes((start + end.join(lines)).encode())
    copy = shutil.copytree(folder.root, folder.root.parent / "copy")
    command = [sys.executable, "-m", "pipes_projects", "check", "--diff"]
    patch = subprocess.run(command, cwd=copy, capture_output=True, check=False).stdout
    apply = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(apply, input=patch, cwd=copy, check=True)
    run("check", "--fix", cwd=folder.root)
    assert (copy / "defs/sales/a.yaml").read_bytes() == path.read_bytes()
    assert b"raw/orders]" in path.read_bytes()


@pytest.mark.parametrize("where", [".", "defs", "defs/sales"])
def test_the_patch_is_applied_from_any_folder_of_a_repository(folder: Folder, where: str) -> None:
    init(folder.root)
    folder.asset("sales/a", "can_subset: yes\n")
    folder.write("defs/sales/a.yml", "can_subset: yes\n")
    patch = run("check", "--diff", cwd=folder.root / where).stdout
    here = folder.root / where
    subprocess.run(["git", "apply", "-"], input=patch, cwd=here, check=True, text=True)
    assert (folder.root / "defs/sales/a.yaml").read_text() == "can_subset: true\n"
    assert not (folder.root / "defs/sales/a.yml").exists()


def test_one_patch_for_several_projects_of_a_repository(folder: Folder) -> None:
    init(folder.root)
    one, two = Folder(folder.root / "one"), Folder(folder.root / "two")
    for each_folder in (one, two):
        each_folder.asset("sales/a", "can_subset: yes\n")
    two.asset("sales/b")
    two.write("defs/sales/b.yml")
    copy = shutil.copytree(folder.root, folder.root.parent / "copy")
    patch = run("check", "--diff", "one", "two", cwd=copy).stdout
    subprocess.run(["git", "apply", "-"], input=patch, cwd=copy, check=True, text=True)
    run("check", "--fix", "one", "two", cwd=folder.root)
    files = [path.relative_to(folder.root) for path in folder.root.glob("*/defs/sales/*")]
    assert len(files) == 6
    assert [(copy / file).read_text() for file in files] == [
        (folder.root / file).read_text() for file in files
    ]
    assert not (copy / "two/defs/sales/b.yml").exists()


def test_fix_and_diff_together_are_wrong_usage(folder: Folder) -> None:
    answer = run("check", "--fix", "--diff", cwd=folder.root)
    assert answer.returncode == 2
    assert "use only one of them" in answer.stderr


def test_what_a_fix_brings_to_light_elsewhere_is_left_to_whoever_asks_for_it(
    folder: Folder,
) -> None:
    folder.asset("a/x", "assets: {first: {keyy: a/orders}}\n")
    folder.asset("b/y", "deps: [a/ordes]\n")
    answer = run("check", "--fix", "defs/a/x.yaml", cwd=folder.root)
    assert (folder.root / "defs/b/y.yaml").read_text() == "deps: [a/ordes]\n"
    assert "y.yaml" not in answer.stderr
    run("check", "--fix", cwd=folder.root)
    assert (folder.root / "defs/b/y.yaml").read_text() == "deps: [a/orders]\n"


def cycles(number: int) -> Sources:
    """Projects with fixes that would each close a cycle, and three that help."""
    texts = {}
    for group in (chr(97 + index) * 4 for index in range(number)):
        texts[f"defs/{group}/first.yaml"] = f"deps: [{group}/second]\n"
        texts[f"defs/{group}/second.yaml"] = f"deps: [{group}/firstt]\n"
    texts |= {f"defs/zz/{name}.yaml": "owner: [team:x]\n" for name in ("one", "two", "three")}
    scripts = frozenset(f"{path.removesuffix('yaml')}py" for path in texts)
    manifests = tuple(SourceFile(path, text) for path, text in texts.items())
    return Sources(TextFiles(scripts), manifests)


def test_many_fixes_that_do_not_help_keep_none_that_do_from_being_made() -> None:
    after = fixed(cycles(20))
    assert {finding.location.path.split("/")[1] for finding in after.fixed} == {"zz"}
    assert (len(after.fixed), len(after.compilation.diagnostics), after.untried) == (3, 20, 0)


def test_one_fix_that_does_not_help_costs_few_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = list[int]()
    settled = fixing._settled
    monkeypatch.setattr(fixing, "_settled", lambda *its: tried.append(1) or settled(*its))
    slips = "".join(f"  a{number}: {{ownrs: [team:x]}}\n" for number in range(50))
    texts = {
        "defs/a/many.yaml": f"assets:\n{slips}  last: {{deps: [a/firstt]}}\n",
        "defs/a/first.yaml": "deps: [a/last]\n",
    }
    manifests = tuple(SourceFile(path, text) for path, text in texts.items())
    scripts = frozenset({"defs/a/many.py", "defs/a/first.py"})
    after = fixed(Sources(TextFiles(scripts), manifests))
    assert (len(after.fixed), len(after.compilation.diagnostics)) == (50, 1)
    assert len(tried) < 5


def test_what_was_not_tried_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixing, "MOST", 6)
    after = fixed(cycles(10))
    assert (len(after.fixed), after.untried) == (3, 6)


def test_a_fix_that_needs_another_one_is_made_after_it() -> None:
    files = {"raw/orders": "keyy: raw/every\n", "sales/a": "deps: [raw/evry]\n"}
    manifests = (SourceFile(f"defs/{name}.yaml", text) for name, text in files.items())
    scripts = frozenset(f"defs/{name}.py" for name in files)
    after = fixed(Sources(TextFiles(scripts), tuple(manifests)))
    assert after.compilation.diagnostics == ()


@pytest.mark.parametrize("option", ["--format=json", "--output=sarif=-"])
def test_a_patch_and_a_report_never_share_standard_output(folder: Folder, option: str) -> None:
    folder.asset("sales/a", "can_subset: yes\n")
    answer = run("check", "--diff", option, cwd=folder.root)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "send other formats to files" in answer.stderr


def test_a_patch_can_be_shown_while_a_report_goes_to_a_file(folder: Folder) -> None:
    folder.asset("sales/a", "can_subset: yes\n")
    answer = run("check", "--diff", "--output=json=found.json", cwd=folder.root)
    assert (answer.returncode, answer.stdout[:11]) == (1, "diff --git ")
    assert '"new_text": "true"' in (folder.root / "found.json").read_text("utf-8")


def test_a_file_that_may_only_be_read_is_left_and_exits_2(folder: Folder) -> None:
    folder.asset("sales/a", "can_subset: yes\n")
    folder.asset("sales/b", "can_subset: yes\n")
    path = folder.root / "defs/sales/a.yaml"
    path.chmod(0o444)
    answer = run("check", "--fix", cwd=folder.root)
    assert answer.returncode == 2
    assert "Error: defs/sales/a.yaml was not fixed: it is read-only\n" in answer.stderr
    assert "fixed defs/sales/b.yaml:1:13" in answer.stderr
    assert path.read_text() == "can_subset: yes\n"
    assert "defs/sales/a.yaml:1:13" in answer.stdout


@pytest.mark.parametrize("inside", [True, False])
def test_what_a_link_leads_to_is_left(folder: Folder, inside: bool) -> None:
    folder.asset("sales/a")
    real = (folder.root if inside else folder.root.parent) / "elsewhere.yaml"
    real.write_text("can_subset: yes\n")
    (folder.root / "defs/sales/a.yaml").unlink()
    (folder.root / "defs/sales/a.yaml").symlink_to(real)
    answer = run("check", "--fix", cwd=folder.root)
    assert answer.returncode == (2 if inside else 1)
    message = "a link leads to it" if inside else "this link leads out of the project"
    assert message in answer.stderr + answer.stdout
    assert real.read_text() == "can_subset: yes\n"
    assert (folder.root / "defs/sales/a.yaml").is_symlink()


def test_a_folder_that_a_link_leads_to_is_left(folder: Folder) -> None:
    real = folder.root / "shared"
    real.mkdir()
    (real / "a.yaml").write_text("can_subset: yes\n")
    (real / "a.py").touch()
    (folder.root / "defs/sales").symlink_to(real)
    assert run("check", "--fix", cwd=folder.root).returncode == 2
    assert (real / "a.yaml").read_text() == "can_subset: yes\n"


def test_fixes_of_a_large_project_are_few_tries(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot stay is found by halving."""

    tries: list[Sources] = []

    def counting(*arguments: Any, **named: Any) -> Any:
        tries.append(arguments[0])
        return compile_sources(*arguments, **named)

    monkeypatch.setattr(fixing, "compile_sources", counting)
    for number in range(60):
        folder.asset(f"sales/a{number}", "can_subset: yes\n")
    folder.asset("sales/x", "deps: [sales/y]\n")
    folder.asset("sales/y", "depz: [sales/x]\n")
    from pipes_projects.source import read_sources

    outcome = apply_fixes(read_sources(folder.root), CONTRACT, lambda compilation: compilation)
    assert [finding.code for finding in outcome.compilation.diagnostics] == [Code.UNKNOWN_KEY]
    assert len(outcome.fixed) == 60
    assert len(tries) < 40


@pytest.mark.parametrize("refused", [False, True])
def test_what_is_written_is_given_to_the_owner_of_the_file(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    """Only root may give files away: here it is asked for, and a refusal changes nothing."""
    given: list[tuple[int, int]] = []

    def chown(_: object, owner: int, group: int) -> None:
        given.append((owner, group))
        if refused:
            raise PermissionError

    folder.asset("sales/a", "can_subset: yes\n")
    path = folder.root / "defs/sales/a.yaml"
    owned = (path.stat().st_uid, path.stat().st_gid)
    monkeypatch.setattr(os, "chown", chown)
    assert write_fixes(Layout(folder.root), lambda compilation: compilation)
    assert given == [owned]
    assert path.read_text() == "can_subset: true\n"
