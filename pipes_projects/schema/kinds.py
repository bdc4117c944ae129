"""What authors may know about a kind of script: for `pipes-projects kinds`, and for a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipes_projects.kinds import built_in_contract
from pipes_projects.manifest.contract import Kind
from pipes_projects.schema.fields import shape_schema
from pipes_projects.schema.reference import form, meaning, table


class Option(NamedTuple):
    """A field of the block that is named after a kind."""

    name: str
    form: str
    """What it takes, in a word or two."""
    required: bool
    description: str


def options_of(kind: Kind) -> tuple[Option, ...]:
    """The options of a kind, by name."""
    schema = shape_schema(kind.options) if kind.options else {}
    required = schema.get("required", ())
    return tuple(
        Option(name, form(field), name in required, meaning(field))
        for name, field in sorted(schema.get("properties", {}).items())
    )


def example_of(kind: Kind) -> str:
    """A manifest to start from: the kind's own, or one with the options that it requires."""
    required = [f"  {option.name}: …\n" for option in options_of(kind) if option.required]
    block = "".join([f"{kind.name}:\n", *required]) if required else ""
    return kind.example or f"kind: {kind.name}\n{block}"


def summary_of(kind: Kind) -> str:
    """What it does, in one line."""
    return " ".join(kind.description.split())


def ruled_out(kind: Kind) -> Iterator[str]:
    """What manifests of its scripts cannot say, in a sentence for each reason."""
    for reason, fields in kind.forbidden_by_reason.items():
        names = ", ".join(f"`{field}`" for field in fields)
        takes = f"takes none of {names}" if len(fields) > 1 else f"does not take {names}"
        yield f"It {reason}, so it {takes}."


ONLY_CHECKED = (
    "Our tests do not run its scripts on the real service: they check the request to it against the"
    " client's own types."
)


def render_page() -> str:
    """`docs/kinds.md`, as it is committed."""
    return "\n".join(_page(built_in_contract().kinds))


def _page(kinds: Mapping[str, Kind]) -> Iterator[str]:
    yield "# The kinds of script\n"
    yield (
        "`make docs` writes this page from the models. `pipes-projects kinds` lists those of a"
        " project, with what its packages and its platform owner add, and says what is not"
        " installed; `pipes-projects kinds NAME` shows what is here about one."
        " [places.md](places.md) says what holds in each place, and [guide.md](guide.md#queries)"
        " what becomes of a query.\n"
    )
    yield "| kind | what it does | runs | install |\n|---|---|---|---|\n" + "".join(
        map(_row, kinds.values())
    )
    for kind in kinds.values():
        yield from _section(kind)


def _row(kind: Kind) -> str:
    endings = ", ".join(f"`{ending}`" for ending in kind.endings or ())
    runs = (endings or "any file") if kind.takes_script else "no file"
    name = f"[`{kind.name}`](#kind-{kind.name})"
    install = f"`{kind.install}`" if kind.install else ""
    return f"| {name} | {summary_of(kind)} | {runs} | {install} |\n"


def _section(kind: Kind) -> Iterator[str]:
    yield f"## Kind `{kind.name}`\n"
    yield f"{kind.description}\n"
    if kind.install:
        needs = ", ".join(f"`{module}`" for module in kind.needs)
        yield f"Needs {needs}: `pip install '{kind.install}'` where its scripts run.\n"
    if kind.is_only_checked:
        yield f"{ONLY_CHECKED}\n"
    yield f"```yaml\n{example_of(kind)}```\n"
    if kind.opening:
        yield f"Its scripts open Pipes like this:\n\n```python\n{kind.opening}```\n"
    yield from (f"{sentence}\n" for sentence in ruled_out(kind))
    if kind.options is not None:
        yield f"Its options go in a block of the same name: `{kind.name}: {{…}}`.\n"
        yield table(shape_schema(kind.options))
