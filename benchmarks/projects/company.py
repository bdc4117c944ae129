"""The assets of a made-up company: always the same for the same number."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

GROUPS = (
    *("billing", "crm", "customers", "events", "finance", "forecasts", "hr", "inventory"),
    *("legal", "logistics", "marketing", "orders", "payments", "pricing", "product"),
    *("purchasing", "raw", "sales", "support", "web"),
)
TABLES = ("invoices", "accounts", "sessions", "shipments", "refunds", "leads", "tickets")
TIERS = ("bronze", "silver", "gold")
OWNER = "team:analytics"
KIND = "python"
CHECK = "has_rows"

SCRIPT = '''\
"""Rebuilds {key} from what came in since yesterday."""

from dagster_pipes import open_dagster_pipes

BATCH = {batch}


def main() -> None:
    with open_dagster_pipes() as pipes:
        rows = [number * number for number in range(BATCH)]
        pipes.log.info(f"rebuilding {key} from {{len(rows)}} rows")
        pipes.report_asset_materialization(metadata={{"rows": len(rows)}})
        pipes.report_asset_check(check_name="has_rows", passed=len(rows) > 0)


if __name__ == "__main__":
    main()
'''


@dataclass(frozen=True)
class Asset:
    """One asset, and the script that makes it."""

    group: str
    name: str
    description: str
    deps: tuple[str, ...]
    tags: dict[str, str]
    metadata: dict[str, str | int]
    promise: str
    """What its check verifies."""
    script: str

    @property
    def key(self) -> str:
        return f"{self.group}/{self.name}"


def assets(count: int) -> Iterator[Asset]:
    chance = random.Random(count)
    earlier: list[str] = []
    for number in range(count):
        asset = _asset(number, _deps(chance, earlier))
        earlier.append(asset.key)
        yield asset


def _deps(chance: random.Random, earlier: list[str]) -> tuple[str, ...]:
    """One or two of all earlier assets, so that chains stay a few dozen long."""
    return tuple(chance.sample(earlier, min(len(earlier), chance.choice((1, 2)))))


def _asset(number: int, deps: tuple[str, ...]) -> Asset:
    group = GROUPS[number % len(GROUPS)]
    table = TABLES[number % len(TABLES)]
    name = f"{table}_{number:05d}"
    return Asset(
        group=group,
        name=name,
        description=f"The {table} that {group} works with, one row each, corrections applied.",
        deps=deps,
        tags={"domain": group, "tier": TIERS[number % len(TIERS)]},
        metadata={"source_system": f"erp_{number % 9}", "rows_per_day": 100 + number},
        promise=f"There are rows in {name}.",
        script=SCRIPT.format(key=f"{group}/{name}", batch=100 + number),
    )
