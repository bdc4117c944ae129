"""Deployments as text for people: what would be shipped, what is where, and what was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipes_projects.deploy.ledger.document import Ledger
from pipes_projects.deploy.plan import DeployPlan, Shipment
from pipes_projects.deploy.up import Outcome
from pipes_projects.render.table import render_rows
from pipes_projects.text.plain import one_line, shown

_COLOURS: Final = {"new": "32", "changed": "33", "removed": "31"}
_NAMED: Final = 3
"""How many of a script's differing files are named."""
_HEAD: Final = ("version", "state", "at", "by", "commit", "scripts")


def render_plan(plan: DeployPlan, colour: bool) -> str:
    """What happens to each script; how many are as they were, or as on the base."""
    differing = plan.of("new", "changed", "removed")
    rows = [_row(shipment, plan.base) for shipment in differing if not shipment.is_as_base]
    lines = render_rows(rows).splitlines() if rows else []
    painted = [f"  {_painted(line, colour)}\n" for line in lines]
    as_base = sum(shipment.is_as_base for shipment in differing)
    rest = _rest(as_base, f"new here, and just as on `{plan.base}`")
    rest += _rest(len(plan.of("same")), "as shipped")
    return f"{shown(_heading(plan))}\n{''.join(painted)}{rest}"


def _rest(count: int, how: str) -> str:
    what = "script is" if count == 1 else "scripts are"
    return f"  {count:,} {what} {shown(how)}\n" if count else ""


def render_outcome(outcome: Outcome) -> str:
    """What `up` has done, in one line."""
    plan, ledger = outcome.plan, outcome.ledger
    number = ledger.number if ledger else plan.number
    state = f"{_named(plan)} {'is' if outcome.is_new else 'was'} up, as version {number}"
    if ledger is not None and ledger.rolled_back_to is not None:
        return f"{shown(f'{state}: the code of version {ledger.rolled_back_to}')}\n"
    counts = _counts(plan) if outcome.is_new else "there is nothing to do"
    return f"{shown(f'{state}: {counts}')}\n"


def render_ledgers(ledgers: Iterable[Ledger]) -> str:
    """Several branches, with a line each."""
    head = ("deployment", "branch", *_HEAD)
    return render_rows(
        [
            head,
            *((ledger.deployment, one_line(ledger.branch), *_cells(ledger)) for ledger in ledgers),
        ]
    )


def render_history(ledgers: Iterable[Ledger]) -> str:
    """One branch, with a line for each version."""
    return render_rows([_HEAD, *map(_cells, ledgers)])


def render_ships(ledger: Ledger) -> str:
    """Where each script of a version is."""
    rows = (
        (one_line(path), one_line(shipped.location or "-"))
        for path, shipped in ledger.ships.items()
    )
    return render_rows([("script", "location"), *rows])


def _heading(plan: DeployPlan) -> str:
    place = f", in place of {plan.replaces}" if plan.replaces else ""
    if plan.is_empty and plan.replaces:
        return f"{_named(plan)}: everything is as version {plan.replaces} has it"
    return f"{_named(plan)}: version {plan.number}{place}"


def _named(plan: DeployPlan) -> str:
    slug = "" if plan.slug == plan.branch else f" ({plan.slug})"
    return f"{plan.branch}{slug} of {plan.deployment}"


def _counts(plan: DeployPlan) -> str:
    if plan.base is not None:
        return _compared(plan, plan.base)
    counts = ((len(plan.of(kind)), kind) for kind in ("new", "changed", "removed"))
    words = [f"{count:,} {what}" for count, what in counts if count]
    same = len(plan.of("same"))
    return ", ".join([*words, f"{same:,} as {'it was' if same == 1 else 'they were'}"])


def _compared(plan: DeployPlan, base: str) -> str:
    """A branch's first version, compared with its base."""
    first = plan.of("new")
    as_base = sum(shipment.is_as_base for shipment in first)
    unlike = sum(bool(shipment.why) for shipment in first)
    new = len(first) - as_base - unlike
    counts = ((new, "new"), (unlike, f"unlike `{base}`"))
    words = [f"{count:,} {what}" for count, what in counts if count]
    return ", ".join([*words, f"{as_base:,} as on `{base}`"])


def _row(shipment: Shipment, base: str | None) -> tuple[str, ...]:
    return shipment.what, one_line(shipment.script), one_line(_why(shipment, base))


def _why(shipment: Shipment, base: str | None) -> str:
    than = f" from `{base}`" if shipment.what == "new" and shipment.why else ""
    differing = [path for path in shipment.why if path != shipment.script]
    if not differing:
        return f"differs{than}" if than else ""
    more = len(differing) - _NAMED
    others = f" and {more:,} more" if more > 0 else ""
    also = " too" if shipment.script in shipment.why else ""
    verb = "differs" if len(differing) == 1 else "differ"
    return f"{', '.join(differing[:_NAMED])}{others} {verb}{than}{also}"


def _painted(line: str, colour: bool) -> str:
    what, space, rest = line.partition(" ")
    text = shown(f"{space}{rest}")
    return f"\x1b[{_COLOURS[what]}m{what}\x1b[0m{text}" if colour else f"{what}{text}"


def _cells(ledger: Ledger) -> tuple[str, ...]:
    back = f" (as {ledger.rolled_back_to})" if ledger.rolled_back_to else ""
    commit = f"{(ledger.commit or '-')[:12]}{' and changes' if ledger.is_dirty else ''}"
    cells = (
        f"{ledger.number}{back}",
        ledger.state,
        ledger.at,
        ledger.by,
        commit,
        f"{len(ledger.ships):,}",
    )
    return tuple(map(one_line, cells))
