"""What keeps a deployment from being made, changed or read."""

from __future__ import annotations

from pipes_projects.text.plain import shown


class DeployError(Exception):
    """Nothing was changed, or what was there is intact: one sentence, and what to do."""

    def __init__(self, message: str, help_: str | None = None) -> None:
        super().__init__(shown(message))
        self.help = shown(help_) if help_ else None

    @property
    def whole(self) -> str:
        """The sentence, and what to do."""
        return f"{self}; {self.help}" if self.help else str(self)
