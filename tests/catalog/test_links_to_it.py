"""Links in the descriptions of Dagster lead to the pages of their assets, whatever their keys."""

from pathlib import Path

from pipes_projects.emitter.owner.description import page_link
from tests.catalog.shop import catalog
from tests.catalog.visitor import Visitor
from tests.support.folder import Folder

KEYS = (
    "raw/orders",
    "net/Umsätze (50%) #1/a]b>c?d&e=f",
    "q/'single' \"double\" `tick` !*~",
    "w/" + "ü" * 200,
    "x/a%2Fb/+c",
)


def test_each_link_opens_the_page_of_its_asset(visitor: Visitor, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    for number, key in enumerate(KEYS):
        quoted = key.replace("\\", "\\\\").replace('"', '\\"')
        folder.write(f"defs/raw/a{number}.yaml", f'kind: external\nkey: "{quoted}"\n')
    page = catalog(folder)
    for key in KEYS:
        link = page_link(page.as_uri(), key) or ""
        visitor("visit", link.partition("(<")[2].removesuffix(">)"))
        visitor("wait", ".title h1")
        assert visitor("title") == f"{key} – project"
