"""`python -m pipes_projects.deploy.ledger FOLDER`: write the published schema."""

from __future__ import annotations

import sys
from pathlib import Path

from pipes_projects.deploy.ledger.schema import FILE, ledger_schema
from pipes_projects.schema.documents import render


def main(folder: Path) -> None:
    """Write it into a folder."""
    (folder / FILE).write_text(render(ledger_schema()), "utf-8", newline="\n")
    sys.stdout.write(f"wrote {folder / FILE}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
