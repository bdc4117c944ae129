"""Takes all pictures: `python -m tests.pictures`. Look at each of them."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.pictures.pages import take
from tests.pictures.terminal import PICTURES, TERMINALS, drawn, flights, printed


def main() -> None:
    """Write docs/pictures."""
    for name in TERMINALS:
        with TemporaryDirectory() as folder:
            (PICTURES / name).write_text(drawn(name, printed(name, Path(folder))), "utf-8")
    with TemporaryDirectory() as folder:
        take(flights(Path(folder)), Path(folder) / "home", PICTURES)
    for picture in sorted(PICTURES.iterdir()):
        sys.stdout.write(f"{picture.name}: {picture.stat().st_size / 1024:.0f} KB\n")


if __name__ == "__main__":
    main()
