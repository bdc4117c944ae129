"""`python -m pipes_projects.schema FOLDER`: write the published schemas."""

from __future__ import annotations

import sys
from pathlib import Path

from pipes_projects.kinds import built_in_contract
from pipes_projects.schema.documents import PUBLISHED, render


def main(folder: Path) -> None:
    """Write every published schema into a folder."""
    contract = built_in_contract()
    for name, make in PUBLISHED.items():
        (folder / name).write_text(render(make(contract)), "utf-8", newline="\n")
        sys.stdout.write(f"wrote {folder / name}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
