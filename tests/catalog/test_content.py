"""What is in a catalog, and what never is, whatever a project says."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from subprocess import run as started
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.projects.company import assets
from benchmarks.projects.ours import write_project
from tests.catalog.reading import content_in, content_of, parsed
from tests.catalog.shop import a_shop, catalog
from tests.catalog.visitor import Visitor
from tests.editors.browser import HERE, node
from tests.support.folder import Folder
from tests.support.in_process import call

PIECES = [
    "</script>",
    "<script>alert(1)</script>",
    "<!--",
    "]]>",
    '"',
    "'",
    "`",
    "&lt;",
    "\\u003c",
    "ä",
    "Straße",
    "日本",
    "😀",
    "\u202e",
    "\x1b[31m",
    "\u2028",
    "{",
    "}",
    "${x}",
    "\\",
    "\n",
    "x" * 200,
    "javascript:alert(1)",
    "[a](javascript:alert(1))",
    "\t",
    "%",
    "#",
    "::error::",
]
HOSTILE = st.lists(
    st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    min_size=1, max_size=5,
).map("".join)  # fmt: skip
SECRET = "s3cret-Pässword/of+theirs"


def a_project_of(root: Path, texts: list[str]) -> Folder:
    """With the texts wherever a project can have one."""
    folder = Folder(root)
    for number, text in enumerate(texts):
        quoted, name = json.dumps(text), f"all/asset_{number}"
        folder.write(f"defs/{name}.yaml", f"description: {quoted}\ntags: {{a: {quoted}}}\n"
            f"columns: [{{name: {quoted}, description: {quoted}}}]\nowners: [{quoted}]\n"
            f"checks: {{ok: {{description: {quoted}}}}}\nmetadata: {{{quoted}: {quoted}}}\n"
            f"deps: [{quoted}]\nparams: {{p: {quoted}}}\n{quoted}: 1\n")  # fmt: skip
        folder.write(f"defs/{name}.py", text)
        folder.write(f"defs/multi/m_{number}.yaml", f"assets: {{{quoted}: {{}}}}\n")
        folder.write(f"defs/multi/m_{number}.py", "")
    return folder


STEERS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def texts_in(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    parts = [*data, *data.values()] if isinstance(data, dict) else data
    for part in parts if isinstance(data, dict | list) else ():
        yield from texts_in(part)


def told(text: str) -> str:
    """As a page has it: without what steers."""
    return STEERS.sub("\ufffd", text)


@given(st.lists(HOSTILE, min_size=1, max_size=8))
@settings(max_examples=20, deadline=None)
@example(PIECES)
def test_whatever_texts_say_the_page_stays_what_it_is(texts: list[str]) -> None:
    with TemporaryDirectory() as root:
        folder = a_project_of(Path(root) / "x", texts)
        assert call("catalog", "--output", "page.html", cwd=folder.root).code in (0, 1)
        text = (folder.root / "page.html").read_text("utf-8")
    assert parsed(text).tags == TAGS
    assert "\u202e" not in text
    assert text.count("</script>") == 3
    content = content_in(text)
    words = [*texts_in(content), *texts_in(content_in(text, "sources"))]
    assert not [word for word in words if STEERS.search(word)]
    for number, description in enumerate(texts):
        asset = next(a for a in content["assets"] if a["key"] == f"all/asset_{number}")
        values = [content["values"][v] if isinstance(v, int) else v for v in asset["values"]]
        shown = {value[1] for value in values if value[0] == ["description"]}
        assert shown <= {told(description)}


TAGS = ["html", "head", *["meta"] * 6, "title", "style", "body", "div", "noscript", "p", "script",
        "script", "script"]  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with all of it, in a folder with such a name too."""
    root = tmp_path_factory.mktemp("hostile") / "x\"'<b>&amp; Köln"
    folder = a_project_of(root, PIECES)
    call("catalog", "--output", "page.html", cwd=folder.root)
    return folder.root / "page.html"


def test_a_validator_finds_nothing_wrong_with_the_file(hostile: Path) -> None:
    program = HERE / "node_modules/html-validate/bin/html-validate.mjs"
    done = started([node(), program, "--preset", "standard", hostile], capture_output=True,
                   text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")


def test_a_browser_shows_it_and_obeys_nothing(visitor: Visitor, hostile: Path) -> None:
    keys = [asset["key"] for asset in content_of(hostile)["assets"]]
    assert len(keys) > len(PIECES)
    visitor.visit(hostile)
    for key in keys:
        route = "#/asset/" + "/".join(map(encoded, key.split("/")))
        visitor("go", route)
        assert visitor("sees", ".values"), route
        assert visitor("title").startswith(" ".join(key.split())[:20])
        assert visitor("faults") == []
    assert visitor("count", "main script, main img, main b, main iframe") == 0
    assert visitor("heard") == {"requests": [hostile.as_uri()], "complaints": []}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of a project with cycles, an asset that is declared twice, files that are too long or
    no text, and a history that somebody else wrote."""
    folder = Folder(tmp_path_factory.mktemp("odd") / "odd")
    folder.asset("a/x", "deps: [b/y, a/x, gone/z]\n")
    folder.asset("b/y", "deps: [a/x]\n")
    folder.asset("b/twice", "key: a/x\n")
    folder.asset("c/only_twice", "key: b/y\n")
    folder.asset("m/long", script="x" * 300_000)
    folder.asset("m/rare", "schedule: 0 5 30 2 *\nmetadata: {n: .inf, deep: {a: [1, {b: c}]}}\n")
    folder.write("defs/m/binary.yaml")
    (folder.root / "defs/m/binary.py").write_bytes(bytes(range(256)))
    runs = '{"time": 3}\n?\n{"time": "then", "run": "r", "asset": "m/rare", "seconds": 1e11}\n'
    folder.write(".pipes-projects/history.jsonl", runs)
    return catalog(folder)


def test_every_page_of_an_odd_project_is_drawn(visitor: Visitor, odd: Path) -> None:
    visitor.visit(odd)
    assert visitor("sees", ".graph a.node")
    visitor("go", "#/assets")
    routes = {href for href in visitor("attributes", "main a", "href") if href.startswith("#/")}
    assert {"#/asset/a/x", "#/asset/m/rare", "#/group/m"} <= routes
    for route in sorted(routes):
        visitor("go", route)
        assert visitor("sees", ".graph a.node, .values"), route
        if visitor("count", "button:text-is('All')"):
            visitor("click", "button", "All")
            visitor("wait", ".graph .node.current")
        assert visitor("faults") == [], route
    assert visitor("heard")["complaints"] == []


def encoded(part: str) -> str:
    from urllib.parse import quote

    return quote(part, safe="")


def test_values_of_secrets_are_not_in_it_wherever_they_are_written(tmp_path: Path) -> None:
    folder = a_shop(tmp_path / "shop")
    folder.write(".env", f"WAREHOUSE_PASSWORD={SECRET}\n")
    folder.write("defs/raw/leak.py", f"PASSWORD = {SECRET!r}\n")
    folder.write("defs/raw/leak.yaml", f"description: We log in with {SECRET}.\n")
    history = folder.root / ".pipes-projects/history.jsonl"
    history.write_text(history.read_text().replace("exit code 3", f"refused {SECRET}"))
    page = catalog(folder)
    text = json.dumps([content_of(page), content_of(page, "sources")], ensure_ascii=False)
    assert "PASSWORD = '********'" in text
    assert "We log in with ********." in text
    assert "refused ********" in text
    assert "s3cret" not in text
    assert "hunter2" not in text  # of the remote


def test_what_links_lead_out_to_is_not_in_it(tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text("print('of somebody else')\n")
    folder = Folder(tmp_path / "shop")
    folder.write("defs/raw/orders.yaml")
    os.symlink(tmp_path / "outside.py", folder.root / "defs/raw/orders.py")
    (tmp_path / "history").write_text('{"time": "2026", "run": "somebody else"}\n')
    (folder.root / ".pipes-projects").mkdir()
    os.symlink(tmp_path / "history", folder.root / ".pipes-projects/history.jsonl")
    page = catalog(folder)
    assert "somebody else" not in json.dumps([content_of(page), content_of(page, "sources")])


def test_five_thousand_assets_fit_into_a_megabyte(tmp_path: Path) -> None:
    write_project(assets(5_000), tmp_path / "company")
    assert call("catalog", "--output", "page.html", cwd=tmp_path / "company").code == 0
    page = tmp_path / "company/page.html"
    assert len(content_of(page, "sources")) == 10_000 + 1  # scripts, manifests, the defaults
    assert page.stat().st_size <= 1_000_000
