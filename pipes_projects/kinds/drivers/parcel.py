"""What is taken to another machine: the script with what belongs to it, its context, and how it
starts there."""

from __future__ import annotations

import io
import os
import re
import shlex
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from posixpath import dirname
from typing import Any, Final

from dagster_pipes import encode_param

from pipes_projects.kinds.drivers.errand import CONTEXT, MARK, MESSAGES, Received, pipes_library

_USUAL: Final = "/tmp"
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PYTHON_PATH: Final = "PYTHONPATH"
_TREE: Final = Path(__file__).with_name("tree.sh")


class Parcel:
    """The folder of a run over there, with a program of its kind's that runs the script in it."""

    def __init__(self, errand: Received, options: Mapping[str, Any], program: Path) -> None:
        self.errand, self.options, self.program = errand, options, program
        base = str(options.get("folder", _USUAL)).rstrip("/")
        self.folder = f"{base}/pipes-{errand.mark}"
        self.root = f"{self.folder}/code"
        self.messages = f"{self.folder}/messages"
        self.mark = f"{errand.mark}-there"
        """Not that of the driver, which may be on the same machine."""

    def packed(self) -> bytes:
        """All of it, as a tar file."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            for name, source in self._files():
                tar.add(source, name, recursive=False, filter=_plain)
            for name, data in self._texts():
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(data), 0o600
                tar.addfile(entry, io.BytesIO(data))
        return buffer.getvalue()

    def _files(self) -> Iterator[tuple[str, str]]:
        for file in self.errand.files:
            yield f"code/{file}", os.path.realpath(os.path.join(self.errand.root, file))
        library = pipes_library()
        for path in sorted(library.rglob("*.py")):
            yield f"library/{path.relative_to(library.parent).as_posix()}", str(path)
        yield "context", str(self.errand.context)

    def _texts(self) -> Iterator[tuple[str, bytes]]:
        for program in (_TREE, self.program):
            yield program.name, program.read_bytes()
        yield "messages", b""
        yield "start", self.start().encode("utf-8", "surrogateescape")

    def start(self) -> str:
        """A shell script that becomes the script; it has secrets in it, and removes itself."""
        script = f"{self.root}/{self.errand.script}"
        words = [*self.options["command"], script, *self.options.get("args", ())]
        cwd = self.options.get("cwd") or dirname(script)
        exported, odd = [f"rm -f {shlex.quote(self.folder)}/start", *self._set_up()], []
        for name, value in self._variables().items():
            pair = f"{name}={shlex.quote(value)}"
            exported += [f"export {pair}"] if _NAME.fullmatch(name) else []
            odd += [] if _NAME.fullmatch(name) else [shlex.quote(f"{name}={value}")]
        program = shlex.quote(words[0])
        refusals = (
            f"cd {shlex.quote(cwd)} 2> /dev/null || {self._refuse(f'has no folder `{cwd}`')}",
            f"command -v {program} > /dev/null || "
            + self._refuse(f"has no program `{words[0]}` on its PATH"),
        )
        run = " ".join(["exec", *(["env", *odd] if odd else []), *map(shlex.quote, words)])
        return "\n".join([*exported, *refusals, run, ""])

    def _set_up(self) -> list[str]:
        """The author's own lines for a shell; the first command that fails ends the script."""
        return ["set -e", self.options["setup"], "set +e"] if "setup" in self.options else []

    def _refuse(self, why: str) -> str:
        return f"{{ echo {shlex.quote(why)} > {shlex.quote(self.folder)}/refusal; exit 127; }}"

    def _variables(self) -> dict[str, str]:
        own = dict(self.errand.own)
        path = own.get(_PYTHON_PATH, "").replace(self.errand.root, self.root)
        own[_PYTHON_PATH] = ":".join(filter(None, (path, f"{self.folder}/library")))
        pipes = {
            CONTEXT: encode_param({"path": f"{self.folder}/context"}),
            MESSAGES: encode_param({"path": self.messages, "include_stdio_in_messages": False}),
        }
        python = {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        return {**python, **own, **pipes, MARK: self.mark}


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names and numbers of users here."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def kept_at(host: str, parcel: Parcel) -> str:
    """Where the folder of a run is, for people."""
    return f"kept on {host}: {Path(parcel.folder)}"
