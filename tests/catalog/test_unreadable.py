"""An asset whose manifest cannot be read has a page, and people find it as they find all others."""

from pathlib import Path

import pytest

from tests.catalog.shop import a_shop, catalog
from tests.catalog.visitor import Visitor

TORN = "#/asset/raw/returns"
MANIFEST = "owners: [team:data]\ncolumns: [{name: reason, type: text}\n"
SCRIPT = 'BESIDE_IT = "its script"\n'


@pytest.fixture(scope="module")
def torn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalog of the shop, with an asset on which two others depend, and one that no text can
    be read of."""
    folder = a_shop(tmp_path_factory.mktemp("torn") / "shop")
    folder.asset("raw/returns", MANIFEST, SCRIPT)
    folder.asset("sales/net", "deps: [raw/returns, raw/orders]\n")
    folder.asset("sales/margin", "deps: [sales/net]\n")
    folder.write("defs/alone/bytes.yaml").write_bytes(b"\xff\0")
    return catalog(folder)


def test_its_page_says_what_is_wrong_and_what_depends_on_it(visitor: Visitor, torn: Path) -> None:
    visitor.visit(torn, TORN)
    visitor("wait", ".graph a.node")
    visitor("wait", ".finding pre")
    assert visitor("title") == "raw/returns – shop"
    assert visitor.heading() == "returns cannot be read"
    finding = visitor("text", ".finding")
    for told in ("yaml-syntax", "this [ is not closed", "defs/raw/returns.yaml:2", "close it"):
        assert told in finding
    assert visitor("texts", ".facts dd") == [
        "raw/returns", "defs/raw/returns.yaml", "defs/raw/returns.py",
    ]  # fmt: skip
    assert "2 assets depend on it" in visitor("text", "main")
    assert "upstream" not in visitor("text", "main").lower()
    visitor("click", "link", "net sales (sales/net)")
    visitor.goes_to("net")
    visitor("wait", ".graph a.node")
    visitor("click", "link", "returns raw · cannot be read (raw/returns)")
    visitor.goes_to("returns")


def test_its_source_and_its_script_are_read_there(visitor: Visitor, torn: Path) -> None:
    visitor.visit(torn, TORN)
    visitor("wait", '.code:has-text("team:data")')
    visitor("click", "button", "defs/raw/returns.py")
    visitor("wait", '.code:has-text("BESIDE_IT")')
    links = visitor("attributes", "main a", "href")
    assert [link for link in links if link.endswith("/defs/raw/returns.yaml#L2")]


def test_what_is_no_text_and_stands_alone_says_so(visitor: Visitor, torn: Path) -> None:
    visitor.visit(torn, "#/asset/alone/bytes")
    visitor("wait", '.source:has-text("Its text is not in this catalog.")')
    text = visitor("text", "main")
    assert "this is not UTF-8 text" in text
    assert "No asset that can be read depends on it." in text


def test_it_is_found_by_its_name_its_file_and_its_texts(visitor: Visitor, torn: Path) -> None:
    visitor.visit(torn)
    for query in ("returns", "raw/returns.yaml", "file:returns.py", "beside_it"):
        assert visitor.look(query) == ["raw/returns"], query
        assert visitor("text", "#found-0 .state") == "cannot be read"
    assert visitor.look("by_customer.yaml") == ["sales/by_customer"]
    assert visitor("text", "#found-0 .quiet") == "by its file"
    visitor.look("returns")
    visitor("press", "Enter")
    visitor.goes_to("returns")
    assert visitor("address") == f"{torn.as_uri()}{TORN}"


def test_it_is_told_apart_in_lists_and_beside_them(visitor: Visitor, torn: Path) -> None:
    visitor.visit(torn)
    told = "11 assets, of which 2 cannot be read · 3 groups · 3 owners · 1 schedule"
    assert visitor("text", ".title .lead") == told
    visitor("click", "link", "raw 4")
    visitor.goes_to("raw")
    rows = visitor("texts", "tbody td:first-child")
    assert rows == ["customers", "orders", "returns cannot be read", "till external"]
    visitor("click", "link", "returns cannot be read")  # beside the list
    visitor.goes_to("returns")
    assert visitor("attributes", ".side [aria-current]", "href") == [TORN]


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_it_keeps_nobody_out_and_is_valid_html(visitor: Visitor, torn: Path, colours: str) -> None:
    visitor("prefer", {"colorScheme": colours})
    for route in (TORN, "#/asset/alone/bytes", "#/group/raw"):
        visitor.visit(torn, route)
        visitor("wait", ".graph a.node, .source p")
        assert visitor("barriers") == [], route
        assert visitor("faults") == [], route
    visitor.look("returns")
    assert visitor("barriers") == []
    assert visitor("faults") == []
    visitor("press", "Escape")
