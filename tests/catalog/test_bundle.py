"""The bundle that is shipped is what its sources make, everywhere the same, and has its terms."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from pipes_projects.catalog.page import BUNDLE
from tests.support.dagster.running import ROOT

WEB = ROOT / "pipes_projects/catalog/web"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle, made anew."""
    node = shutil.which("node")
    if not node or not (WEB / "node_modules/esbuild").is_dir():
        pytest.fail("no esbuild: install Node 20 and npm; `make catalog` installs the packages")
    folder = tmp_path_factory.mktemp("bundle")
    subprocess.run([node, str(WEB / "build.mjs"), str(folder)], check=True)
    return folder


@pytest.mark.parametrize("name", ["page.js", "page.css", "LICENSES.txt"])
def test_it_is_what_its_sources_make(built: Path, name: str) -> None:
    stale = f"{name} is not what its sources make: run `make catalog`, and commit it"
    assert (built / name).read_bytes() == (BUNDLE / name).read_bytes(), stale


def test_versions_are_exact_and_no_address_is_in_the_lock() -> None:
    wanted = json.loads((WEB / "package.json").read_text())["dependencies"]
    lock = (WEB / "package-lock.json").read_text()
    assert all(version.replace(".", "").isdecimal() for version in wanted.values())
    assert '"resolved"' not in lock
    assert "://" not in lock.replace('"url": "https://', "")  # where packages ask for donations


def test_everything_bundled_has_its_terms() -> None:
    terms = (BUNDLE / "LICENSES.txt").read_text("utf-8")
    bundled = json.loads((WEB / "package.json").read_text())["dependencies"].keys() - {"esbuild"}
    assert all(f"{name} " in terms for name in bundled)


def test_a_wheel_has_the_bundle_and_not_its_sources(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    shutil.unpack_archive(wheel, tmp_path / "wheel", "zip")
    shipped = tmp_path / "wheel/pipes_projects/catalog"
    assert {path.name for path in (shipped / "bundle").iterdir()} == {
        "page.js", "page.css", "LICENSES.txt",
    }  # fmt: skip
    assert not (shipped / "web").exists()
