"""How a script has ended on another machine: what `tree.sh` writes there, and a driver reads."""

from __future__ import annotations

from typing import NamedTuple, Self

from pipes_projects.kinds.drivers.errand import Received
from pipes_projects.kinds.drivers.message_file import say_lost


class ScriptEnd(NamedTuple):
    """The end of a script, and the state of its messages then."""

    code: int
    length: int
    """Bytes of messages."""
    loss: str = ""
    """What the script did with their file other than add to it."""

    @classmethod
    def of(cls, text: bytes) -> Self:
        """From the only line of that file."""
        code, length, loss = text.decode("ascii").rstrip("\n").split(" ", 2)
        return cls(int(code), int(length), loss)

    def tell(self, errand: Received, read: int, is_cut: bool) -> None:
        """Have the script's host know of messages that are lost; `read` bytes were there once."""
        how = self.loss or ("cut off" if is_cut or self.length < read else "")
        if how:
            say_lost(errand.messages, how)
