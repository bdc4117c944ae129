"""The sensor that makes assets by their automation conditions."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import dagster as dg

NAME: Final = "automation"
_DEFAULT: Final = "defs"
_PLAIN: Final = re.compile(r"[a-z0-9]+")


def sensor_name(defs: str) -> str:
    """The sensor's name, from the manifests' folder: one location can have several sensors.

    It does not depend on the assets: Dagster uses it to remember whether the sensor is on.
    """
    if defs == _DEFAULT:
        return NAME
    words = re.sub(r"[^A-Za-z0-9]+", "_", defs).strip("_")
    plain = f"{NAME}_{words}".rstrip("_")
    return plain if _PLAIN.fullmatch(defs) else f"{plain}_{sha256(defs.encode()).hexdigest()[:8]}"


def automation_sensors(
    assets: Sequence[dg.AssetsDefinition | dg.AssetSpec],
    status: dg.DefaultScheduleStatus,
    name: str = NAME,
) -> list[dg.SensorDefinition]:
    """A sensor for the assets that have a condition; no sensor if none do."""
    specs = (spec for made in assets for spec in _specs(made))
    keys = [spec.key for spec in specs if spec.automation_condition is not None]
    if not keys:
        return []
    return [
        dg.AutomationConditionSensorDefinition(
            name,
            target=dg.AssetSelection.assets(*keys),
            default_status=dg.DefaultSensorStatus[status.name],
            description="Makes assets by the automation conditions in their manifests.",
        )
    ]


def _specs(made: dg.AssetsDefinition | dg.AssetSpec) -> Sequence[dg.AssetSpec]:
    return [made] if isinstance(made, dg.AssetSpec) else list(made.specs)
