"""`pipes-projects count`: what a new command leads to."""

from tests.support.folder import Folder
from tests.support.in_process import call


def test_help_lists_it(folder: Folder) -> None:
    lines = call("--help", cwd=folder.root).out.decode().splitlines()
    assert ["count", "Show how many assets each group has."] in [
        line.split(maxsplit=1) for line in lines if line.strip()
    ]
    assert "Examples:" in call("count", "--help", cwd=folder.root).out.decode()


def test_it_works(folder: Folder) -> None:
    folder.asset("sales/orders", "assets: {one: {}, two: {}}\n")
    folder.asset("raw/orders")
    assert call("count", cwd=folder.root).out == b"raw 1\nsales 2\n"


def test_a_mistyped_name_of_it_is_told(folder: Folder) -> None:
    assert b"`count`" in call("coutn", cwd=folder.root).err
