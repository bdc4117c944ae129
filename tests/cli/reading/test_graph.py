"""`graph`: every format is read back by a reader that is not ours, whatever assets are called."""

import json
import os
import random
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipes_projects import Picture, picture_project
from pipes_projects.render.graph.drawing import MOST, Drawing, DrawnEdge, DrawnNode, draw
from pipes_projects.render.graph.text import render_text
from pipes_projects.text.plain import readers_have
from pipes_projects.text.width import width
from tests.support.command import run
from tests.support.dagster.running import EXAMPLES, ROOT
from tests.support.folder import Folder
from tests.support.readers import read_by_graphviz, read_by_mermaid

FLIGHTS = EXAMPLES / "flights"
SCHEMA = json.loads((ROOT / "schemas/graph.schema.json").read_text("utf-8"))
NAMES = [
    *('g/"quoted" `tick`', "g/<b>html</b>&amp;&lt;", "g/umläute_ß漢字", f"g/{'x' * 200}"),
    *("g/1. list", "g/- item", "g/__bold__ **b**", "g/back\\slash\\N %% ;", "end/end"),
    *("g/#35;{a}[b](c)|d|", "class/subgraph", "g/a--b->c", "g/$x$", "g/http:x.y", "o/x"),
]


def hostile(root: Path) -> Path:
    """A chain of assets with such names, and some with errors."""
    folder = Folder(root)
    for number, name in enumerate(NAMES):
        above = f"deps: [{json.dumps(NAMES[number - 1])}]\n" if number else ""
        folder.asset(f"raw/a{number}", f"key: {json.dumps(name)}\n{above}")
    folder.asset("raw/bad", "ownrs: []\ndeps: [raw/none, raw/gone]\n")
    folder.asset("raw/none", "deps: [\n")
    return folder.root


@pytest.fixture(scope="module", params=["flights", "hostile"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return FLIGHTS if request.param == "flights" else hostile(tmp_path_factory.mktemp("hostile"))


def graph(project: Path, form: str, *options: str) -> str:
    done = run("graph", "", project, "--format", form, *options)
    assert done.returncode == (0 if project == FLIGHTS else 1), done.stderr
    return done.stdout


def edges(picture: Picture) -> list[tuple[str, str]]:
    return sorted(picture.edges())


def test_json_follows_its_schema_and_has_every_edge(project: Path) -> None:
    shape = json.loads(graph(project, "json"))
    Draft202012Validator(SCHEMA).validate(shape)
    picture = picture_project(project)
    assert sorted((edge["upstream"], edge["downstream"]) for edge in shape["edges"]) == edges(
        picture
    )
    states = {shown.key: shown.state for shown in (*picture.assets, *picture.others)}
    assert {node["key"]: node["state"] for node in shape["nodes"]} == states


def plain(part: dict[str, str]) -> str:
    """The name of a node, as SVG shows it."""
    return unescape(part["tooltip"]).replace("\\\\", "\\")


def test_graphviz_reads_every_name_and_edge(project: Path) -> None:
    shape = read_by_graphviz(graph(project, "dot"))
    objects = [part for part in shape["objects"] if part["name"].startswith("n")]
    names = {part["_gvid"]: plain(part) for part in objects}
    found = sorted((names[edge["tail"]], names[edge["head"]]) for edge in shape["edges"])
    assert found == edges(picture_project(project))
    for part in objects:
        shown = "".join(op["text"] for op in part["_ldraw_"] if op["op"] == "T")
        assert shown.startswith(plain(part))


def test_mermaid_reads_every_name_and_edge(tmp_path: Path) -> None:
    projects = (FLIGHTS, hostile(tmp_path))
    shapes = read_by_mermaid(*(graph(project, "mermaid") for project in projects))
    for project, shape in zip(projects, shapes, strict=True):
        names = {node["id"]: node["text"].split("<br>")[0] for node in shape["nodes"]}
        known = picture_project(project)
        assert sorted(names.values()) == sorted(
            shown.key for shown in (*known.assets, *known.others)
        )
        found = sorted((names[start], names[end]) for start, end, _ in shape["edges"])
        assert found == edges(known)


def test_svg_is_drawn_by_graphviz(project: Path) -> None:
    root = ElementTree.fromstring(graph(project, "svg"))
    titles = {title.text for title in root.iter("{http://www.w3.org/2000/svg}title")}
    assert {"n0", "n1"} <= titles


def test_without_graphviz_it_says_what_to_do(tmp_path: Path) -> None:
    done = run("graph", "", FLIGHTS, "--format", "svg", PATH=str(tmp_path))
    assert done.returncode == 2
    assert "Graphviz, which is not here: install it" in done.stderr


def test_a_program_in_the_folder_is_never_taken_for_graphviz(folder: Folder) -> None:
    folder.asset("g/a")
    folder.write("dot", "#!/bin/sh\ntouch taken\n").chmod(0o755)
    run("graph", "--format", "svg", cwd=folder.root, PATH=f".{os.pathsep}{os.environ['PATH']}")
    assert not (folder.root / "taken").exists()


# Above sixty assets


def many(folder: Folder) -> Path:
    for number in range(MOST + 1):
        above = f"{'ab'[(number - 1) % 2]}/t{number - 1}" if number else "x/external"
        folder.asset(f"{'ab'[number % 2]}/t{number}", f"deps: [{above}]\n")
    folder.write("defs/x/external.yaml", "kind: external\n")
    return folder.root


def test_groups_are_shown_as_one_with_counts_and_expanded_if_asked(folder: Folder) -> None:
    picture = picture_project(many(folder))
    whole = draw(picture)
    assert [(node.name, node.look, node.assets) for node in whole.nodes] == [
        ("a", "group", 31), ("b", "group", 30), ("x/external", "external", 1),
    ]  # fmt: skip
    assert sum(edge.weight for edge in whole.edges) == MOST + 1
    assert len(draw(picture, ["a"]).nodes) == 33
    assert len(draw(picture, ["a", "b"]).edges) == MOST + 1
    told = run("graph", cwd=folder.root)
    assert "b  30 assets  ← a below\n" in told.stdout
    assert told.stderr == "groups are shown as one: `--expand a` shows its assets\n"


def test_a_group_of_which_nothing_can_be_read_is_expanded_too(folder: Folder) -> None:
    many(folder)
    for name in ("left", "right"):
        folder.asset(f"torn/{name}", "deps: [\n")
    assert "torn  2 assets  2 unreadable\n" in run("graph", cwd=folder.root).stdout
    told = run("graph", "--expand", "torn", cwd=folder.root).stdout
    assert [line.split()[-2:] for line in told.splitlines() if "torn/" in line] == [
        ["torn/left", "yaml-syntax"], ["torn/right", "yaml-syntax"],
    ]  # fmt: skip


def test_an_unknown_group_cannot_be_expanded(folder: Folder) -> None:
    folder.asset("sales/orders")
    done = run("graph", "--expand", "sale", cwd=folder.root)
    assert done.returncode == 2
    assert "no group is called `sale`; a group with a similar name exists: `sales`" in done.stderr


def test_more_edges_than_mermaid_draws_are_refused_in_a_sentence(folder: Folder) -> None:
    sources = ", ".join(f"s/t{number}" for number in range(25))
    for number in range(25):
        folder.write(f"defs/s/t{number}.yaml", "kind: external\n")
        folder.asset(f"d/t{number}", f"deps: [{sources}]\n")
    done = run("graph", "--format", "mermaid", cwd=folder.root)
    assert done.returncode == 2
    assert "Mermaid draws no more than 499 dependencies, and here are 625" in done.stderr
    assert run("graph", "--format", "dot", cwd=folder.root).stdout.count(" -> ") == 625


def test_a_longer_text_than_mermaid_reads_is_refused_in_a_sentence(folder: Folder) -> None:
    for number in range(MOST):
        folder.write(f"defs/s/t{number}.yaml", f"kind: external\nkey: '{'|' * 200}/{number}'\n")
    done = run("graph", "--format", "mermaid", cwd=folder.root)
    assert done.returncode == 2
    assert "Mermaid reads no more than 50,000 letters, and this graph takes 6" in done.stderr


# Text


@st.composite
def drawings(draw_: st.DrawFn) -> Drawing:
    """Any graph, with cycles too, in a few groups."""
    count = draw_(st.integers(1, 14))
    groups = draw_(st.lists(st.sampled_from("abc"), min_size=count, max_size=count))
    nodes = tuple(DrawnNode(f"{group}/n{at}", group, "runs") for at, group in enumerate(groups))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    edges_ = draw_(st.frozensets(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=30))
    return Drawing(nodes, tuple(DrawnEdge(*pair) for pair in sorted(edges_)))


SIDES = {sign: number for number, sign in enumerate(" ╵╷│╴╯╮┤╶╰╭├─┴┬┼")}
UP, DOWN, ACROSS = 1, 2, 12


class Reader:
    """Follows the lines, as the eye does: one that meets `│` passes under it."""

    def __init__(self, text: str) -> None:
        self.rows = [line for line in text.split("\n\n", maxsplit=1)[0].splitlines() if line]
        self.keys = [next((word for word in row.split() if "/n" in word), "") for row in self.rows]

    def edges(self) -> Iterator[tuple[str, str]]:
        for at, row in enumerate(self.rows):
            if self.keys[at]:
                yield from ((self.source(at, column), self.keys[at]) for column in self.taps(row))
                named = row.partition("← ")[2].replace(" below", "").replace("← ", "")
                yield from (
                    (name, self.keys[at]) for name in named.replace("  ", ", ").split(", ") if name
                )

    def taps(self, row: str) -> Iterator[int]:
        """The columns of the lines that lead into a row's node."""
        at, here = row.index("●"), self.rows.index(row)
        if here and self.leaves_below(here - 1, at):
            yield at
        for step in (-1, 1):
            column = at + step
            while 0 <= column < len(row) and row[column] in "─│├┤┼┴╰╯":
                if SIDES[row[column]] & UP and SIDES[row[column]] & ACROSS:
                    yield column
                column += step

    def leaves_below(self, at: int, column: int) -> bool:
        sign = self.rows[at][column] if column < len(self.rows[at]) else " "
        return bool(SIDES.get(sign, 0) & DOWN)

    def source(self, at: int, column: int) -> str:
        while self.rows[at - 1][column] != "●":
            at -= 1
        return self.keys[at - 1]


@given(drawings())
@settings(max_examples=200, deadline=None)
def test_the_lines_of_a_text_lead_to_what_each_asset_depends_on(drawing: Drawing) -> None:
    text = render_text(drawing)
    names = [node.name for node in drawing.nodes]
    wanted = sorted((names[edge.upstream], names[edge.downstream]) for edge in drawing.edges)
    assert sorted(Reader(text).edges()) == wanted


@given(drawings(), st.integers(1, 60))
@settings(max_examples=100, deadline=None)
def test_no_line_is_wider_than_a_terminal_nor_is_an_asset_left_out(
    drawing: Drawing, limit: int
) -> None:
    lines = render_text(drawing, limit).splitlines()
    assert max(map(width, lines)) <= max(limit, 6)
    assert sum("●" in line for line in lines) == len(drawing.nodes)


@pytest.mark.parametrize("limit", [20, 40, 80, 200])
def test_long_and_wide_names_are_shortened(tmp_path: Path, limit: int) -> None:
    drawing = draw(picture_project(hostile(tmp_path)))
    assert max(map(width, render_text(drawing, limit, colour=False).splitlines())) <= limit


def test_colours_are_the_only_difference() -> None:
    drawing = draw(picture_project(FLIGHTS))
    coloured = render_text(drawing, 80, colour=True)
    plain = "".join(
        part.partition("m")[2] if at else part for at, part in enumerate(coloured.split("\x1b["))
    )
    assert plain == render_text(drawing, 80)
    assert "\x1b" not in run("graph", "", FLIGHTS, NO_COLOR="1").stdout


def test_an_encoding_without_lines_gets_typed_ones() -> None:
    with readers_have("ascii"):
        text = render_text(draw(picture_project(FLIGHTS)))
    assert text.isascii()
    assert "+-*" in text


def test_a_selection_is_drawn_alone() -> None:
    done = run("graph", 'key:"staging/planes"+', FLIGHTS)
    assert done.stdout == (
        "  staging\n●   staging/planes\n│ marts\n●   marts/fleet  when eager\n"
        "│ reports\n●   reports/year_in_review  when on_new_month\n"
    )


def test_a_project_without_assets_is_an_empty_graph(folder: Folder) -> None:
    done = run("graph", cwd=folder.root)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "there are no assets yet: `pipes-projects new GROUP/ASSET` adds one\n"
    assert read_by_graphviz(run("graph", "--format", "dot", cwd=folder.root).stdout)["name"]


def test_a_large_graph_is_listed_in_order() -> None:
    chance = random.Random(1)
    nodes = tuple(DrawnNode(f"g/n{at}", "g", "runs") for at in range(2_000))
    pairs = {(chance.randrange(at), at) for at in range(1, 2_000) for _ in range(2)}
    text = render_text(Drawing(nodes, tuple(DrawnEdge(*pair) for pair in sorted(pairs))), 100)
    assert max(map(width, text.splitlines())) <= 100
    assert text.count("●") == len(nodes)


def test_the_folder_of_a_project_alone_is_no_selection() -> None:
    whole = run("graph", "", FLIGHTS).stdout
    assert run("graph", FLIGHTS).stdout == whole
    assert run("graph", ".", cwd=FLIGHTS).stdout == whole
    assert run("graph", "defs/raw/flights.py", cwd=FLIGHTS).stdout != whole
