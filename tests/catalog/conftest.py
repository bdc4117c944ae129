"""A browser for each test file, and the catalog of a project that has everything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalog.shop import a_shop, catalog
from tests.catalog.visitor import Visitor, visiting


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visiting(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalog of the shop."""
    return catalog(a_shop(tmp_path_factory.mktemp("catalog") / "shop"))
