"""Runs one script on a Ray cluster, and ends it with everything that it started on its node.

    run.py FOLDER MARK GRACE

It is part of a Ray job, without any package: `parcel.tar` beside it is unpacked into FOLDER, and
FOLDER/start becomes the script, with MARK in its environment. What comes back is this program's
output, in frames that `frames.py` reads: `@pipes MARK NUMBER STREAM DATA`. When Ray stops the job,
everything gets SIGINT, and then what is left SIGTERM and SIGKILL, with GRACE seconds between them.
"""

from __future__ import annotations

import base64
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from typing import IO, Any

PIECE = 12_000  # Ray passes on at most 20,000 characters of a log at a time
OFTEN = 0.1


class FrameWriter:
    """What is written, by one thread at a time."""

    def __init__(self, mark: str) -> None:
        self.mark, self.number, self.lock = mark, 0, threading.Lock()

    def write(self, stream: int, data: bytes) -> None:
        """Some bytes of a stream: 1 and 2 are the script's, 3 its messages, 5 what it did with
        their file, 4 why it could not start, 0 its exit code."""
        with self.lock:
            self.number += 1
            text = base64.b64encode(data).decode("ascii")
            os.write(1, f"@pipes {self.mark} {self.number} {stream} {text}\n".encode("ascii"))

    def carry(self, stream: int, pipe: IO[bytes]) -> None:
        """Everything that comes through a pipe."""
        while data := os.read(pipe.fileno(), PIECE):
            self.write(stream, data)


class Messages:
    """A growing file, which is empty and old at first."""

    def __init__(self, path: str, frames: FrameWriter) -> None:
        self.path, self.frames = path, frames
        self.file = open(path, "rb", buffering=0)  # noqa: SIM115 - read until the end
        self.made_at = os.fstat(self.file.fileno()).st_mtime_ns
        self.is_cut = False

    def carry(self) -> None:
        """What is new in it."""
        size = os.fstat(self.file.fileno()).st_size
        self.is_cut = self.is_cut or size < self.file.tell()
        while data := self.file.read(PIECE):
            self.frames.write(3, data)

    def note_loss(self) -> None:
        """Say what became of it, if that is not only more."""
        here = os.fstat(self.file.fileno())
        is_emptied = here.st_size == 0 and here.st_mtime_ns != self.made_at
        if not os.path.lexists(self.path):
            self.frames.write(5, b"removed")
        elif not os.path.samestat(os.lstat(self.path), here):
            self.frames.write(5, b"replaced")
        elif is_emptied or self.is_cut:
            self.frames.write(5, b"cut off")


def members(mark: str) -> list[int]:
    """The processes with the mark."""
    wanted, found = f"PIPES_PROJECTS_SCRIPT={mark}".encode("ascii"), list[int]()
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                if wanted in file.read().split(b"\0"):
                    found.append(int(name))
        except OSError:
            continue
    return found


def ends_by(number: int, mark: str, seconds: float) -> bool:
    """Whether all of them end in time."""
    until, sent = time.monotonic() + seconds, set[int]()
    while there := members(mark):
        for pid in there:
            if number == signal.SIGKILL or pid not in sent:
                sent.add(pid)
                try:
                    os.kill(pid, number)
                except OSError:
                    continue
        if time.monotonic() > until:
            return False
        time.sleep(OFTEN)
    return True


def main(folder: str, mark: str, grace: str) -> None:
    """Run the script; end with its exit code."""
    stopped = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stopped.set())
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])  # Ray blocks it
    os.mkdir(folder, 0o700)
    try:
        with tarfile.open("parcel.tar") as parcel:
            parcel.extractall(folder)
        os.remove("parcel.tar")  # Ray keeps the folder that it is in
        code = run(folder, mark, float(grace), stopped)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(code)


def run(folder: str, mark: str, grace: float, stopped: threading.Event) -> int:
    """Start the script, and pass on what it says until it ends."""
    frames = FrameWriter(mark)
    messages = Messages(f"{folder}/messages", frames)
    script: subprocess.Popen[bytes] = subprocess.Popen(
        ["sh", f"{folder}/start"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    pipes: tuple[Any, ...] = ((1, script.stdout), (2, script.stderr))
    carriers = [threading.Thread(target=frames.carry, args=pipe, daemon=True) for pipe in pipes]
    for carrier in carriers:
        carrier.start()
    while script.poll() is None and not stopped.is_set():
        messages.carry()
        time.sleep(OFTEN)
    end_all(mark, grace)
    code = script.wait()
    for carrier in carriers:
        carrier.join(5)
    messages.carry()
    messages.note_loss()
    if os.path.exists(f"{folder}/refusal"):
        with open(f"{folder}/refusal", "rb") as refusal:
            frames.write(4, refusal.read())
    frames.write(0, str(code).encode("ascii"))
    return code if code >= 0 else 128 - code


def end_all(mark: str, grace: float) -> None:
    """End what is left of the script."""
    steps = ((signal.SIGINT, grace), (signal.SIGTERM, grace), (signal.SIGKILL, 10))
    any(ends_by(number, mark, seconds) for number, seconds in steps)


if __name__ == "__main__":
    main(*sys.argv[1:])
