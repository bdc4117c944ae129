"""A group of commands, each in a module that is imported when it is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import click

from pipes_projects.cli.streams import show

_WRONG_USAGE: Final = 2


class CutOffError(Exception):
    """Nobody reads standard output any more; click would exit as if something had been found."""


@contextmanager
def _read_to_its_end() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise CutOffError from None


class Commands(click.Group):
    """Lists its commands without importing them."""

    def __init__(
        self, *args: Any, package: str, table: Mapping[str, tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.package = package
        self.table = table
        """The module and the summary of each command, by its name."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """May show help."""
        with _read_to_its_end():
            return super().make_context(*args, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without a command, shows the help, in every version of click alike."""
        if not args and not ctx.resilient_parsing:
            show(f"{ctx.get_help()}\n", err=True)
            ctx.exit(_WRONG_USAGE)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command that is called."""
        with _read_to_its_end():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.table)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        del ctx
        if name not in self.table:
            return None
        from importlib import import_module

        command: click.Command = import_module(f"{self.package}.{self.table[name][0]}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggests the nearest command for a mistyped one."""
        if args and args[0] not in self.table and not args[0].startswith("-"):
            from pipes_projects.spelling import similar

            hint = similar(args[0], self.table, "a command")
            hint = hint or f"`{ctx.command_path} --help` lists them"
            raise click.UsageError(f"no command is called `{args[0]}`; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands with their summaries, without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self.table.items()])
