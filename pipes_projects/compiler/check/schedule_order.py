"""Schedules: scripts with one cron expression and time zone share one, whose runs are unordered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipes_projects.codes import Code
from pipes_projects.compiler.check.partitions import declared_twice
from pipes_projects.diagnostics import Diagnostic, Related
from pipes_projects.project import Dependency, Project, Script

if TYPE_CHECKING:
    from pipes_projects.compiler.check.schedule_plan import Member


def schedule_order(project: Project) -> Iterator[Diagnostic]:
    """A scheduled script waits for those upstream of it that the same schedule runs."""
    schedules = scheduled(project)
    if not schedules:
        return
    from pipes_projects.compiler.check.schedule_plan import plan

    twice = declared_twice(project)
    made = ((asset.key, script) for script in project.scripts for asset in script.assets)
    maker = {key: script for key, script in made if key not in twice}
    for scripts in schedules.values():
        named = {script.name: script for script in scripts}
        upstream = {script.name: _upstream(script, maker, named) for script in scripts}
        members = [_member(script, project, upstream[script.name]) for script in scripts]
        planned = plan(members)
        for below, above in planned.crossing:
            runs = (planned.runs[below], planned.runs[above])
            yield _order(named[below], named[above], upstream[below][above], runs)


def scheduled(project: Project) -> dict[str, list[Script]]:
    """The scripts of each schedule, by the schedule's name."""
    found: dict[str, list[Script]] = {}
    for script in project.scripts:
        schedule = script.fields.schedule
        if schedule and schedule.cron_schedule and not script.partitions_unknown:
            from pipes_projects.compiler.check.schedule_plan import (
                schedule_name,  # few projects need these modules
            )

            name = schedule_name(schedule.cron_schedule, schedule.execution_timezone)
            found.setdefault(name, []).append(script)
    return found


def _member(script: Script, project: Project, upstream: Mapping[str, Dependency]) -> Member[str]:
    from pipes_projects.compiler.check.schedule_plan import Member

    name = script.fields.partitions_def
    one_run = name is not None and project.partitions_defs[name].type == "time_window"
    return Member(script.name, name, one_run, upstream)


def _upstream(
    script: Script, maker: Mapping[str, Script], named: Mapping[str, Script]
) -> dict[str, Dependency]:
    """The scripts of the schedule that this one depends on, and where it says so."""
    found: dict[str, Dependency] = {}
    for dep in (dep for asset in script.assets for dep in asset.deps):
        above = maker.get(dep.key)
        if above is not None and above is not script and above.name in named:
            found.setdefault(above.name, dep)
    return found


def _order(
    below: Script, above: Script, dep: Dependency, runs: tuple[str | None, str | None]
) -> Diagnostic:
    two = " and ".join(f"one for `{run}`" if run else "one without partitions" for run in runs)
    return Diagnostic(
        Code.SCHEDULE_ORDER,
        f"the schedule does not wait for `{dep.key}` before it runs `{below.name}`",
        dep.location,
        f"its runs do not wait for each other, here {two}: instead of the schedule, give this"
        " manifest `automation_condition: eager`",
        (Related(above.location, "runs on the same schedule"),),
    )
