"""People look at a catalog in a browser: what they click and type, and what they see then."""

from itertools import pairwise
from pathlib import Path

from tests.catalog.shop import a_shop, catalog
from tests.catalog.visitor import Visitor
from tests.support.command import run
from tests.support.folder import Folder

BY_CUSTOMER = "#/asset/sales/by_customer"
RIGHTS = """[...document.querySelectorAll(".values tbody tr > *")]
    .map((cell) => cell.getBoundingClientRect().right)"""
WIDER = """[...document.querySelectorAll(".scroller")]
    .filter((table) => table.scrollWidth > table.clientWidth).map((table) => table.ariaLabel)"""
BOXES = """[...document.querySelectorAll(".cluster rect")]
    .map((box) => box.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom])"""


def test_it_opens_from_a_file_and_asks_for_nothing(visitor: Visitor, page: Path) -> None:
    visitor.visit(page)
    visitor("wait", ".graph a.node")
    assert visitor.heading() == "shop"
    assert visitor("text", ".title .lead") == "7 assets · 2 groups · 3 owners · 1 schedule"
    for route in (BY_CUSTOMER, "#/group/sales", "#/assets", "#/findings"):
        visitor("go", route)
    assert visitor("heard") == {"requests": [page.as_uri()], "complaints": []}


def test_somebody_searches_with_the_keyboard_alone(visitor: Visitor, page: Path) -> None:
    visitor.visit(page)
    assert visitor.look("sales") == [
        "sales/broken", "sales/report", "sales/archive", "sales/by_customer", "raw/customers",
    ]  # fmt: skip
    visitor("press", "ArrowDown")
    visitor("press", "ArrowDown")
    visitor("press", "ArrowUp")
    assert visitor("text", "[aria-selected=true]") == "sales/report"
    assert visitor("attribute", "input", "aria-activedescendant") == "found-1"
    visitor("press", "Enter")
    visitor.goes_to("report")
    assert visitor("address") == f"{page.as_uri()}#/asset/sales/report"
    assert visitor("title") == "sales/report – shop"
    assert not visitor("sees", "#found")


def test_search_finds_columns_owners_tags_descriptions_and_code(
    visitor: Visitor, page: Path
) -> None:
    visitor.visit(page)
    one = ["sales/by_customer"]
    assert visitor.look("umsatz koln") == one  # without the dots
    assert visitor.look("ann@example") == ["raw/customers"]
    assert visitor.look("owner:sales") == ["raw/customers"]
    assert visitor.look("tier=gold") == ["sales/report", "sales/by_customer"]
    assert visitor.look("till and") == one
    assert visitor.look("needle") == one
    assert visitor("text", "#found-0 .quiet") == "in its source"
    visitor("press", "Control+a")
    visitor("type", "nothing like this")
    visitor("wait", '.found:has-text("Nothing matches all of these words")')
    visitor("press", "Escape")
    assert not visitor("sees", ".found")


def test_search_finds_letters_that_a_keyboard_lacks(visitor: Visitor, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "letters")
    folder.asset("raw/streets", "columns: [{name: straße}, {name: smørrebrød}]\n")
    visitor.visit(catalog(folder))
    for query in ("STRASSE", "straße", "column:strasse", "smorrebrod"):
        assert visitor.look(query) == ["raw/streets"], query


def test_groups_that_are_drawn_do_not_overlap(visitor: Visitor, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "apart")
    for group in ("one", "three", "two"):
        folder.asset(f"{group}/first", "")
        folder.asset(f"{group}/second", f"deps: [{group}/first]\n")
    visitor.visit(catalog(folder))
    visitor("wait", ".graph .cluster")
    boxes = visitor("evaluate", BOXES)
    assert len(boxes) == 3
    for (_, bottom), (top, _) in pairwise(sorted(boxes)):
        assert bottom < top


def test_the_page_that_was_opened_by_keyboard_has_no_frame(visitor: Visitor, page: Path) -> None:
    """Focus goes to the content, which is as large as the window."""
    visitor.visit(page)
    visitor.look("archive")
    visitor("press", "Enter")
    visitor.goes_to("archive")
    assert visitor("evaluate", "document.activeElement.localName") == "main"
    assert visitor("style", "main", "outlineStyle") == "none"


def test_the_page_of_an_asset_tells_all_of_it(visitor: Visitor, page: Path) -> None:
    visitor.visit(page, BY_CUSTOMER)
    visitor("wait", ".graph a.node")
    text = visitor("text", "main")
    for told in (
        "What each customer bought", "customer_id", "bigint", "Who bought", "umsatz_in_köln",
        "has_rows", "blocking", "There are some rows.", "min_rows", "Fewer are an error.",
        "0 5 * * 1", "Europe/Berlin", "WAREHOUSE_PASSWORD", "tier", "gold", "python", "data",
        "VERY_SPECIAL", "the file's name", "built in", "defs/_defaults.yaml:1",
    ):  # fmt: skip
        assert told in text, told
    ticks = visitor("texts", ".ticks li")
    assert len(ticks) == 4
    assert all(tick.startswith("Mon, ") and "05:00" in tick for tick in ticks)


def test_what_is_overridden_is_told_with_its_place(visitor: Visitor, page: Path) -> None:
    visitor.visit(page, "#/asset/raw/customers")
    told = visitor("texts", ".overridden")
    assert told == ["instead of [team:data] from defs/_defaults.yaml:1"]


def test_raw_html_and_scripts_in_descriptions_are_harmless(visitor: Visitor, page: Path) -> None:
    visitor.visit(page, BY_CUSTOMER)
    text = visitor("text", ".markdown")
    assert '<img src=x onerror="alert(1)"> <b>raw</b> & Köln, trap.' in text
    assert visitor("count", ".markdown img, .markdown b, .markdown script") == 0
    links = visitor("attributes", ".markdown a", "href")
    assert links == ["https://shop.example/x", "https://shop.example/chart.png"]
    assert visitor("texts", ".markdown li") == ["one", "two"]
    assert visitor("heard")["complaints"] == []


def test_somebody_follows_the_lineage(visitor: Visitor, page: Path) -> None:
    visitor.visit(page, BY_CUSTOMER)
    nearest = {"orders", "customers", "by_customer", "report"}
    visitor("wait", ".graph a.node")
    assert set(visitor("texts", ".graph .node text.label")) == nearest
    visitor("click", "button", "All")
    visitor("wait", '.graph .node:has-text("broken")')
    everything = nearest | {"archive", "broken"}
    assert set(visitor("texts", ".graph .node text.label")) == everything
    visitor("click", "link", "archive (sales/archive)")
    visitor.goes_to("archive")
    visitor("wait", ".graph a.node.current")
    assert "5 assets upstream and 1 downstream in all." in visitor("text", "main")


def test_a_graph_is_moved_and_zoomed_and_a_drag_follows_no_link(
    visitor: Visitor, page: Path
) -> None:
    visitor.visit(page, BY_CUSTOMER)
    visitor("wait", ".graph a.node")
    drawn = ".graph svg > g", "transform"
    first = place = visitor("attribute", *drawn)
    visitor("drag", ".graph a.node.current", 60, 20)
    place = visitor("changes", *drawn, place)
    assert visitor.heading() == "by_customer"
    for button in ("Zoom in", "Zoom out"):
        visitor("click", "button", button)
        place = visitor("changes", *drawn, place)
    visitor("evaluate", "document.querySelector('.graph svg').focus()")
    for key in ("ArrowRight", "ArrowDown", "+", "-", "0"):
        visitor("press", key)
        place = visitor("changes", *drawn, place)
    assert place == first
    visitor("focus", "link", "report (sales/report)")  # a node is a link that Tab reaches
    visitor("press", "Enter")
    visitor.goes_to("report")


def test_links_lead_to_the_commit_on_the_repositorys_host(visitor: Visitor, page: Path) -> None:
    visitor.visit(page, BY_CUSTOMER)
    links = visitor("attributes", "main a", "href")
    begin = "https://github.com/acme/shop/blob/"
    ends = {link.removeprefix(begin).partition("/")[2] for link in links if link.startswith(begin)}
    assert {"defs/sales/by_customer.py", "defs/_defaults.yaml#L1"} <= ends
    assert "https://github.com/acme/shop" in links
    assert "hunter2" not in page.read_text("utf-8")


def test_runs_are_shown_with_rows_checks_and_why_one_failed(visitor: Visitor, page: Path) -> None:
    visitor.visit(page, BY_CUSTOMER)
    rows = [row.split("\t") for row in visitor("texts", "[aria-label=Runs] tbody tr")]
    assert [row[1].strip() for row in rows] == ["failed exit code 3", "made", "made"]
    assert [row[2] for row in rows] == ["3.5 s", "2.5 s", "1.5 s"]
    assert [row[3] for row in rows] == ["–", "150", "120"]
    assert [row[4].split()[:2] for row in rows] == [["✗", "has_rows"], *[["✓", "has_rows"]] * 2]
    charts = visitor("attributes", ".chart svg", "aria-label")
    assert charts[0] == "Duration of the last 3 runs; the latest: 3.5 s, the most: 3.5 s"
    assert charts[1] == "Rows of the last 3 runs; the latest: 150, the most: 150"
    visitor.visit(page)
    assert len(visitor("texts", "[aria-label=Runs] tbody tr")) == 3


def test_errors_are_shown_with_their_line_and_help(visitor: Visitor, page: Path) -> None:
    visitor.visit(page)
    assert "1 error" in visitor("text", ".notice")
    visitor("click", "link", "1 error")
    visitor.goes_to("Findings")
    visitor("wait", ".finding pre")
    text = visitor("text", ".finding")
    for told in ("unknown-key", "ownrs is not a key", "defs/sales/broken.yaml:2", "owners"):
        assert told in text
    visitor.visit(page, "#/asset/sales/broken")
    assert "has errors" in visitor("text", "h1")
    assert "ownrs" in visitor("text", ".finding")


def test_assets_are_listed_by_group_owner_and_tag(visitor: Visitor, page: Path) -> None:
    visitor.visit(page)
    visitor("click", "link", "raw 3")
    visitor.goes_to("raw")
    assert visitor("texts", "tbody td:first-child a") == ["customers", "orders", "till"]
    visitor("click", "link", "sales")
    visitor.goes_to("team:sales")
    assert visitor("texts", "tbody td:first-child a") == ["customers"]
    visitor.visit(page, "#/assets/tag/tier%3Dgold")
    assert visitor("texts", "tbody td:first-child a") == ["by_customer", "report"]
    visitor.visit(page, "#/asset/no/such")
    assert visitor.heading() == "Not found"


def test_origins_are_seen_on_a_narrow_screen(visitor: Visitor, page: Path) -> None:
    visitor("resize", 390, 844)
    visitor.visit(page, BY_CUSTOMER)
    visitor("wait", ".values td")
    rights = visitor("evaluate", RIGHTS)
    visitor("resize", 1280, 900)
    assert rights
    assert max(rights) <= 390


def test_long_names_leave_room_for_what_is_beside_them(visitor: Visitor, tmp_path: Path) -> None:
    folder, long = Folder(tmp_path / "long"), "x" * 190
    folder.asset(f"raw/{long}", f"owners: [team:me]\ncolumns: [{{name: {long}, type: int}}]\n")
    visitor.visit(catalog(folder))
    for route in ("#/group/raw", "#/assets", f"#/asset/raw/{long}"):
        visitor("go", route)
        assert visitor("sees", ".scroller td"), route
        assert visitor("evaluate", WIDER) == [], route


def test_colours_are_the_systems_until_somebody_chooses(visitor: Visitor, page: Path) -> None:
    visitor("prefer", {"colorScheme": "dark"})
    visitor.visit(page)
    dark = background(visitor, "dark")
    visitor("prefer", {"colorScheme": "light"})
    assert background(visitor, "light") != dark
    visitor("click", "button", "Use dark colours")
    assert background(visitor, "dark") == dark
    visitor.visit(page)
    assert background(visitor, "dark") == dark
    visitor("click", "button", "Use light colours")


def background(visitor: Visitor, theme: str) -> str:
    """The colour behind everything, once the page has turned to a theme."""
    visitor("wait", f"html[data-theme={theme}]")
    return str(visitor("style", "body", "backgroundColor"))


def test_what_is_printed_is_the_content_alone(visitor: Visitor, page: Path) -> None:
    visitor.visit(page, BY_CUSTOMER)
    visitor("wait", ".code")
    visitor("prefer", {"media": "print"})
    assert not visitor("sees", ".side")
    assert not visitor("sees", ".top")
    assert not visitor("sees", ".tabs button:text-is('All')")
    assert visitor("sees", ".code")
    assert visitor("style", ".code", "maxHeight") == "none"
    visitor("prefer", {"media": None})


def test_on_a_narrow_screen_nothing_is_wider_and_a_menu_has_the_groups(
    visitor: Visitor, page: Path
) -> None:
    visitor("resize", 390, 800)
    visitor.visit(page, BY_CUSTOMER)
    visitor("wait", ".code")
    assert visitor("evaluate", "document.documentElement.scrollWidth") <= 390
    visitor("click", "button", "Menu")
    visitor("click", "link", "raw 3")
    visitor.goes_to("raw")
    visitor("resize", 1280, 900)


def test_a_catalog_of_a_part_draws_what_it_leaves_out(visitor: Visitor, tmp_path: Path) -> None:
    folder = a_shop(tmp_path / "shop")
    part = tmp_path / "part.html"
    assert run("catalog", "group:sales", folder.root, "--output", part).returncode == 1
    visitor.visit(part, BY_CUSTOMER)
    visitor("wait", ".graph .node.left_out")
    assert visitor("texts", ".node.left_out text.detail") == ["raw · not in this catalog"] * 2
