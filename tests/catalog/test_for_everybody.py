"""Catalogs keep the rules of HTML, and of accessibility, with whatever is in them."""

from pathlib import Path

import pytest

from tests.catalog.visitor import Visitor

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
