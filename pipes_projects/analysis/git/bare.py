"""Git, asked about a bare repository of our own, which has parts of one elsewhere.

No working copy is needed, and no configured program runs: the repository has no filters, and its
hooks are switched off as everywhere here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pipes_projects.analysis.git.process import SECONDS, Asked, start

THERE: Final = "there"
"""The name of the remote that stands for the repository elsewhere."""
_URL: Final = "PIPES_PROJECTS_THERE"
_PATIENCE: Final = 900
"""For how many seconds git may send or receive."""
_OWN: Final = (
    *("-c", "gc.autoDetach=false", "-c", "maintenance.autoDetach=false"),
    *("-c", "core.logAllRefUpdates=false", "-c", "push.recurseSubmodules=no"),
    *("-c", "push.followTags=false", "-c", "push.gpgSign=false"),
)


@dataclass(frozen=True)
class BareGit:
    """A bare repository, made when it is first needed; several processes may share it."""

    folder: Path
    url: str = field(repr=False)
    """Of the repository elsewhere; it may have a password, so git gets it in a variable."""

    def ensure(self) -> None:
        """Make it, if it is not there, complete from the start: others may make it too. Raises
        `GitError`, or `OSError`."""
        if (self.folder / "HEAD").exists():
            return
        self.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with TemporaryDirectory(dir=self.folder.parent) as aside:
            new = Path(aside, "new")
            start(Path(aside), (), ("init", "--bare", "--quiet", "--template=", str(new)))()
            try:
                new.rename(self.folder)
            except OSError:
                if not (self.folder / "HEAD").exists():  # otherwise another was quicker
                    raise

    def __call__(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git answers; raises `GitError` if it refuses."""
        return start(self.folder, self._options, arguments, given)()

    def line(self, *arguments: str) -> str | None:
        """The single line that git answers; None if it refuses."""
        return start(self.folder, self._options, arguments).line()

    def connecting(self, *arguments: str) -> Asked:
        """Asks git for something that needs the repository elsewhere, which is called `THERE`."""
        named = (*self._options, f"--config-env=remote.{THERE}.url={_URL}")
        values = {_URL: self.url}
        seconds = SECONDS if arguments[0] == "ls-remote" else _PATIENCE
        return start(self.folder, named, arguments, b"", True, values, seconds)

    @property
    def _options(self) -> tuple[str, ...]:
        return (f"--git-dir={self.folder}", *_OWN)
