"""When a script runs: a cron expression and its time zone."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from pipes_projects.manifest.cron.expression import CRON_SCHEMA, Cron, TimeZone
from pipes_projects.manifest.model import Model, refuse
from pipes_projects.manifest.params import ParamValues


class CronSchedule(Model):
    """A cron expression and its time zone."""

    cron_schedule: Cron | None = None
    """When the script runs, as a cron expression: `0 5 * * *` is every day at five."""

    execution_timezone: TimeZone | None = None
    """The time zone of the expression, such as `Europe/Berlin`; by default UTC."""

    params: ParamValues | None = None
    """Values of the script's `params` for the runs of this schedule."""


def expanded(value: Any) -> Any:
    """A schedule as the mapping that it stands for."""
    return {"cron_schedule": value} if isinstance(value, str) else value


def _one(value: Any) -> Any:
    if not isinstance(value, str | dict | CronSchedule):
        message = "`schedule` is one cron expression, or a mapping"
        help_ = "write `schedule: 0 5 * * *`; several hours are `0 5,17 * * *`"
        raise refuse("invalid-value", message, help_)
    return expanded(value)


class _CronOrMapping:
    """To editors: a cron expression, or a mapping that has one."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [CRON_SCHEMA, handler(core)]}


Schedule = Annotated[CronSchedule, BeforeValidator(_one), _CronOrMapping()]
