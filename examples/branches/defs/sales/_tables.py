"""Tables of the branch; what it has not made, it reads from production."""

import json
import os
import sys
from pathlib import Path

DATA = Path(os.environ.get("BRANCHES_DATA", "data")).absolute()
MINE = DATA / sys.argv[1]


def write(name: str, table: dict[str, float]) -> None:
    MINE.mkdir(parents=True, exist_ok=True)
    (MINE / f"{name}.json").write_text(json.dumps(table), "utf-8")
    print(f"{name}: {table}")


def read(name: str) -> dict[str, float]:
    mine, production = (folder / f"{name}.json" for folder in (MINE, MINE.parent / "main"))
    table: dict[str, float] = json.loads((mine if mine.exists() else production).read_text("utf-8"))
    return table
