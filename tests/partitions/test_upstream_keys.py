"""Which partitions of an upstream asset a run needs: those that Dagster maps to its own."""

from datetime import UTC, datetime

import dagster as dg
import pytest
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.definitions.partitions.utils import infer_partition_mapping

from pipes_projects.emitter.owner.published.partitions import described
from pipes_projects.partitions.upstream_keys import upstream_keys

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ZONE = "Europe/Berlin"
DAYS = dg.DailyPartitionsDefinition("2026-10-20", timezone=ZONE)
LATER = dg.DailyPartitionsDefinition("2026-10-25", timezone=ZONE)
MONTHS = dg.MonthlyPartitionsDefinition("2026-09-01", timezone=ZONE)
HOURS = dg.HourlyPartitionsDefinition("2026-10-24-00:00", timezone=ZONE)
TOWNS = dg.StaticPartitionsDefinition(["rome", "oslo", "2026-10-25"])
BOTH = dg.MultiPartitionsDefinition({"day": DAYS, "town": TOWNS})
MAPPINGS = {
    "all": dg.AllPartitionMapping(),
    "last": dg.LastPartitionMapping(),
    "identity": dg.IdentityPartitionMapping(),
}
Definition = dg.PartitionsDefinition


def theirs(own: Definition, keys: list[str], above: Definition, mapping: str | None) -> list[str]:
    subset = own.empty_subset().with_partition_keys(keys)
    with partition_loading_context(NOW):
        found = infer_partition_mapping(MAPPINGS.get(mapping or ""), own, above)
        result = found.get_upstream_mapped_partitions_result_for_partitions(subset, own, above, NOW)
        return list(result.partitions_subset.get_partition_keys())


PAIRS: list[tuple[Definition, list[str], Definition]] = [
    (DAYS, ["2026-10-25"], DAYS),
    (DAYS, ["2026-10-24", "2026-10-25"], DAYS),
    (DAYS, ["2026-10-21"], LATER),
    (DAYS, ["2026-10-25"], MONTHS),
    (DAYS, ["2026-10-25"], HOURS),
    (HOURS, ["2026-10-25-02:00+0100"], DAYS),
    (MONTHS, ["2026-10-01"], DAYS),
    (MONTHS, ["2026-09-01"], DAYS),
    (TOWNS, ["oslo"], TOWNS),
    (BOTH, ["2026-10-25|oslo"], BOTH),
]
ALIKE = [pair for pair in PAIRS if type(pair[0]) is type(pair[2])]
"""Those between which Dagster allows the identity."""


@pytest.mark.parametrize(
    ("own", "keys", "above", "mapping"),
    [
        *((*pair, mapping) for pair in PAIRS for mapping in (None, "all", "last")),
        *((*pair, "identity") for pair in ALIKE),
    ],
)
def test_they_are_those_of_dagster(
    own: Definition, keys: list[str], above: Definition, mapping: str | None
) -> None:
    found = upstream_keys(described(own), keys, described(above), mapping, NOW)
    assert found is not None
    assert sorted(found) == sorted(theirs(own, keys, above, mapping))


@pytest.mark.parametrize(
    ("own", "above", "mapping"),
    [
        (DAYS, DAYS, "day_before"),
        (DAYS, TOWNS, None),
        (BOTH, DAYS, None),
        (DAYS, dg.DynamicPartitionsDefinition(name="x"), None),
    ],
)
def test_what_only_dagster_knows_is_not_guessed(
    own: Definition, above: Definition, mapping: str | None
) -> None:
    keys = ["2026-10-25"]
    assert upstream_keys(described(own), keys, described(above), mapping, NOW) is None
