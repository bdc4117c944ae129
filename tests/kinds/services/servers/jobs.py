"""A job of a service, as the servers of these tests run it: a process of this machine."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil


class Job:
    """A process, and what it prints."""

    def __init__(
        self, words: Sequence[str], variables: Mapping[str, str], folder: Path, is_one_log: bool
    ) -> None:
        given = {**os.environ, **variables, "PYTHONUNBUFFERED": "1"}
        self.words = list(words)
        self.output = folder / "output"
        with self.output.open("wb") as output, (folder / "errors").open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable if word == "python" else word for word in words],
                cwd=next((Path(word).parent for word in words if word.endswith(".py")), None),
                stdout=output,
                stderr=subprocess.STDOUT if is_one_log else errors,
                env=given,
                start_new_session=True,
            )

    @property
    def code(self) -> int | None:
        """Its exit code, once it has ended."""
        return self.process.poll()

    def printed(self) -> bytes:
        """All that it prints; waits for its end."""
        self.process.wait()
        return self.output.read_bytes()

    def printing(self) -> Iterator[bytes]:
        """What it prints, as it comes."""
        with self.output.open("rb") as file:
            has_ended = False
            while not has_ended:
                has_ended = self.code is not None
                while piece := file.read(1 << 20):
                    yield piece
                time.sleep(0.05)

    def kill(self) -> None:
        """As a service ends a job: with all that it has started."""
        try:
            children = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            children = []
        for process in (self.process, *children):
            process.kill()
        self.process.wait()


class Jobs:
    """All jobs of a service."""

    def __init__(self) -> None:
        self.all: list[Job] = []
        self.is_one_log = True
        """Whether standard output has errors, too."""
        self.root = Path()
        """The project, of which the service has a copy."""
        self.variables: dict[str, str] = {}
        """What all jobs have."""
        self.shared = ""
        """A folder of modules that are installed there."""

    def start(self, words: Sequence[str], variables: Mapping[str, str]) -> Job:
        """A new one; words that begin with PLACE are files of the service's copy."""
        folder = Path(tempfile.mkdtemp(dir=self.shared or None))
        if any(word.startswith(PLACE) for word in words):
            shutil.copytree(self.root / "defs", folder / "defs")
        found = [word.replace(PLACE, f"{folder}/") for word in words]
        self.all.append(
            Job(
                found,
                {**self.variables, **variables, "PYTHONPATH": self.shared},
                folder,
                self.is_one_log,
            )
        )
        return self.all[-1]

    def running(self) -> list[Job]:
        """Those that have not ended."""
        return [job for job in self.all if job.code is None]


PLACE = "s3://team-code/"
"""What manifests say about where the service finds scripts."""
