"""Catalogs keep the rules of HTML, and of accessibility, with whatever is in them."""

from pathlib import Path

import pytest

from tests.catalog.shop import catalog
from tests.catalog.visitor import Visitor
from tests.support.folder import Folder

ROUTES = ["", "#/asset/sales/by_customer", "#/asset/sales/broken", "#/group/sales", "#/assets",
          "#/findings", "#/asset/no/such"]  # fmt: skip


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_keeps_anybody_out(visitor: Visitor, page: Path, colours: str) -> None:
    visitor("prefer", {"colorScheme": colours})
    for route in ROUTES:
        visitor.visit(page, route)
        assert visitor("barriers") == [], route
    visitor.look("sales")
    assert visitor("barriers") == []
    visitor("press", "Escape")


def test_what_is_drawn_is_valid_html(visitor: Visitor, page: Path) -> None:
    for route in ROUTES:
        visitor.visit(page, route)
        assert visitor("faults") == [], route


def test_a_badge_in_a_description_is_one_link(visitor: Visitor, tmp_path: Path) -> None:
    """A picture is a link, and a link in a link is no HTML."""
    folder = Folder(tmp_path / "badges")
    badge = "[![K&ouml;ln](https://ci.example/b.svg) *now*](https://ci.example)"
    folder.asset("raw/orders", f'description: "{badge}"\n')
    visitor.visit(catalog(folder), "#/asset/raw/orders")
    assert visitor("faults") == []
    assert visitor("attributes", ".markdown a", "href") == ["https://ci.example"]
    assert visitor("text", ".markdown") == "Köln now"


def test_a_long_line_of_a_finding_does_not_widen_the_page(visitor: Visitor, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "wide")
    folder.asset("raw/orders", f"tags: {{{', '.join(f'tag_{n}: x' for n in range(40))}, a: [}}\n")
    folder.asset("raw/slips", f"ownrs: [{', '.join(f'team:t{n}' for n in range(60))}]\n")
    page = catalog(folder)
    for width in (1280, 390):
        visitor("resize", width, 800)
        for route in ("#/findings", "#/asset/raw/orders", "#/asset/raw/slips"):
            visitor.visit(page, route)
            visitor("wait", ".finding pre")
            assert visitor("evaluate", "document.documentElement.scrollWidth") == width, route
    visitor("resize", 1280, 900)


def test_a_project_without_assets_says_how_to_begin(visitor: Visitor, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "empty")
    folder.write("defs/.keep")
    visitor.visit(catalog(folder))
    assert "There are no assets yet: pipes-projects new GROUP/ASSET adds one." in visitor(
        "text", "main"
    )
    assert visitor("faults") == []


def test_a_long_graph_begins_where_it_can_be_read_and_is_shown_whole_on_demand(
    visitor: Visitor, tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "chain")
    for number in range(24):
        group = "ab"[number // 12]
        above = f"{'ab'[(number - 1) // 12]}/step_{number - 1:02}"
        folder.asset(f"{group}/step_{number:02}", f"deps: [{above}]\n" if number else "")
    visitor.visit(catalog(folder))
    for route in ("#/", "#/asset/b/step_12"):
        visitor("go", route)
        visitor("wait", ".graph a.node")
        if route != "#/":
            visitor("click", "button", "All")
            visitor("wait", '.graph .node:has-text("step_00")')
        assert visitor("evaluate", LETTERS) >= 7, route
        visitor("click", "button", "Show all")
        assert visitor("evaluate", BEYOND) == 0, route


LETTERS = "document.querySelector('.graph text.label').getBoundingClientRect().height / 1.2"
"""The size of a label's letters, in pixels."""
BEYOND = """(() => {
  const { left, right } = document.querySelector(".graph svg").getBoundingClientRect();
  const nodes = [...document.querySelectorAll(".graph .node rect")];
  const places = nodes.map((node) => node.getBoundingClientRect());
  return places.filter((place) => place.left < left || place.right > right).length;
})()"""
"""How many nodes of a graph are not seen."""
