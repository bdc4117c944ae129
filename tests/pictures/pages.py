"""What a browser shows of the flights: Dagster's own page of an asset, and the catalog.

Beside the pictures, `shown.json` has what each shows of the project, as it was when it was taken.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipes_projects import Picture, picture_project
from pipes_projects.manifest.asset import AssetFields
from tests.editors.browser import HERE, chromium, node
from tests.support.command import run
from tests.support.dagster.running import EXAMPLES, ROOT
from tests.support.dagster.served import serving

ASSET = "marts/fleet"
NOON = "2026-12-01T12:00:00Z"
"""What the clock shows in the catalog, which tells when schedules are due next."""
_SETTINGS = "telemetry: {enabled: false}\nnux: {enabled: false}\n"
_SIZE = (1280, 800)


def facts() -> dict[str, list[str]]:
    """What each picture has to show of the flights as they are now."""
    picture = picture_project(EXAMPLES / "flights")
    asset = list(_of_asset(picture))
    groups = sorted({shown.asset.group for shown in picture.assets})
    names = [shown.asset.name for shown in picture.assets]
    return {
        "dagster.png": [*asset, _script()],
        "catalog.png": [f"{len(names)} assets", *groups, *names],
        "catalog_asset.png": [*asset, *_columns(picture)],
    }


def _of_asset(picture: Picture) -> Iterator[str]:
    fields = _fields(picture)
    yield ASSET.rpartition("/")[2]
    yield (fields.description or "").strip()
    yield from (owner.removeprefix("team:") for owner in fields.owners or ())


def _columns(picture: Picture) -> list[str]:
    return [column.name for column in _fields(picture).columns or ()][:3]  # the others are below


def _fields(picture: Picture) -> AssetFields:
    (fields,) = (shown.asset.fields for shown in picture.assets if shown.key == ASSET)
    return fields


def _script() -> str:
    """The first line of the script."""
    script = EXAMPLES / f"flights/defs/{ASSET}.py"
    return script.read_text("utf-8").partition("\n")[0]


def take(root: Path, home: Path, pictures: Path) -> None:
    """Take the pictures of a copy of the flights, of which some months have been made.

    Raises `ValueError` for a picture that does not show what it has to.
    """
    wanted = facts()
    shown = {**_of_dagster(root, home, pictures), **_of_catalog(root, pictures)}
    for name, texts in wanted.items():
        if missing := [text for text in texts if _plain(text) not in _plain(shown[name])]:
            raise ValueError(f"{name} does not show {missing}: {shown[name]}")
    text = json.dumps(wanted, indent=2, ensure_ascii=False)
    (pictures / "shown.json").write_text(f"{text}\n", "utf-8")


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _of_dagster(root: Path, home: Path, pictures: Path) -> dict[str, str]:
    home.mkdir()
    (home / "dagster.yaml").write_text(_SETTINGS, "utf-8")
    around = {"DAGSTER_HOME": str(home)}
    demo = [sys.executable, str(ROOT / "examples/demo.py"), str(root)]
    subprocess.run(demo, env={**os.environ, **around}, stdout=sys.stderr, check=True)
    words = [sys.executable, "-m", "dagster_webserver", "-f", str(root / "definitions.py")]
    with serving(words, root, around) as server:
        url = f"{server.url}/assets/{ASSET}?view=overview"
        return _shots([_shot(url, pictures / "dagster.png", ["text=Row count", "text=Columns"])])


def _of_catalog(root: Path, pictures: Path) -> dict[str, str]:
    made = run("run", "*", "--partition", "2013-01", cwd=root)
    assert made.returncode == 0, made.stderr
    page = root / "catalog.html"
    made = run("catalog", "--output", page, cwd=root)
    assert made.returncode == 0, made.stderr
    shots = [
        _shot(page.as_uri(), pictures / "catalog.png", [".graph a.node"]),
        _shot(f"{page.as_uri()}#/asset/{ASSET}", pictures / "catalog_asset.png", [".graph a.node"]),
    ]
    return _shots(shots, NOON)


def _shot(url: str, file: Path, wait: list[str]) -> dict[str, Any]:
    return {"url": url, "wait": wait, "size": _SIZE, "file": str(file), "texts": "body, svg text"}


def _shots(shots: list[dict[str, Any]], *time: str) -> dict[str, str]:
    """The texts of the pages, by the names of their pictures."""
    done = subprocess.run(
        [node(), str(HERE / "camera.mjs"), chromium(), *time], input=json.dumps(shots), cwd=HERE,
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    pairs = zip(shots, json.loads(done.stdout), strict=True)
    return {Path(shot["file"]).name: "\n".join(texts) for shot, texts in pairs}
