"""`kind: awk` and `kind: page`: what a new kind leads to, from `check` to a run."""

import json
from pathlib import Path

from tests.support.dagster.running import ROOT, materialize
from tests.support.folder import Folder
from tests.support.in_process import call


def project(folder: Folder) -> Path:
    folder.write("defs/shop/orders.csv", "a 1\nb 2\n")
    folder.write("defs/shop/orders.yaml", "kind: awk\nawk: {input: orders.csv}\n")
    folder.write("defs/shop/orders.awk", '{ print $1 > "names.txt" }\n')
    folder.write("defs/shop/about.yaml", "kind: page\n")
    folder.write("defs/shop/about.page", "# About the shop\n")
    return folder.root


def test_it_is_in_the_schema_and_in_the_reference() -> None:
    text = (ROOT / "schemas/manifest.schema.json").read_text("utf-8")
    assert {"awk", "page"} <= set(json.loads(text)["properties"]["kind"]["enum"])
    assert "What a program of awk's reads." in text
    assert "Runs a program of awk's on a file." in (ROOT / "docs/kinds.md").read_text("utf-8")


def test_check_knows_it_and_what_it_forbids(folder: Folder) -> None:
    root = project(folder)
    assert call("check", cwd=root).out == b"no findings (2 scripts, 2 assets)\n"
    folder.write("defs/shop/orders.yaml", "kind: awk\ncan_subset: true\n")
    out = call("check", cwd=root).out.decode()
    assert "error[not-for-kind]: `can_subset` is not for `kind: awk`, which always reads" in out
    assert "error[missing-key]" in out


def test_explain_shows_its_options(folder: Folder) -> None:
    told = call("explain", "shop/orders", cwd=project(folder)).out.decode()
    assert ["awk.input", "defs/shop/orders.csv"] in [line.split()[:2] for line in told.splitlines()]


def test_its_scripts_run(folder: Folder, tmp_path: Path) -> None:
    project(folder)
    outcome = materialize(folder.definitions(), tmp_path / "home")
    assert outcome.made == {"shop/orders", "shop/about"}
    assert (folder.root / "defs/shop/names.txt").read_text() == "a\nb\n"
    assert outcome.metadata["shop/about"]["page"] == "# About the shop\n"
