"""The sensor that makes assets by their automation conditions."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Sequence
from typing import Final

import dagster as dg

NAME: Final = "automation"


def automation_sensors(
    assets: Sequence[dg.AssetsDefinition | dg.AssetSpec], status: dg.DefaultScheduleStatus
) -> list[dg.SensorDefinition]:
    """A sensor for the assets that have a condition; none, where there are none."""
    specs = (it for made in assets for it in _specs(made))
    keys = [spec.key for spec in specs if spec.automation_condition is not None]
    if not keys:
        return []
    return [
        dg.AutomationConditionSensorDefinition(
            NAME,
            target=dg.AssetSelection.assets(*keys),
            default_status=dg.DefaultSensorStatus[status.name],
            description="Makes assets by the automation conditions in their manifests.",
        )
    ]


def _specs(made: dg.AssetsDefinition | dg.AssetSpec) -> Sequence[dg.AssetSpec]:
    return [made] if isinstance(made, dg.AssetSpec) else list(made.specs)
