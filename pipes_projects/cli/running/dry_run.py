"""What a run would do: the order, the command of each step, and what would stop it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipes_projects.manifest.model.yaml_flow import flow
from pipes_projects.manifest.script import ProcessFields
from pipes_projects.terminal.connections import Connections
from pipes_projects.terminal.job import Start, start_of
from pipes_projects.terminal.planning.plan import RunPlan
from pipes_projects.terminal.steps import Step


def steps_of(
    plan: RunPlan, root: Path, defaults: ProcessFields, connections: Connections
) -> list[dict[str, Any]]:
    """The steps, in order, as data."""
    found: list[dict[str, Any]] = []
    for number, step in enumerate(plan.steps):
        above = sorted(plan.upstream[number])
        stopped = [found[step]["step"] for step in above if is_stopped(found[step])]
        start = start_of(step, root, defaults, connections)
        found.append(
            {
                **_named(step),
                "after": [plan.steps[upstream].name for upstream in above],
                **_started(start),
                **_left_out([*plan.missing[number], *stopped]),
                **_asked(step),
            }
        )
    return found


def is_stopped(step: Mapping[str, Any]) -> bool:
    """Whether a run would not get to it, or could not start it."""
    return "problems" in step or "skipped" in step


def _named(step: Step) -> dict[str, Any]:
    return {"step": step.name, "assets": [asset.key for asset in step.assets]}


def _started(start: Start) -> dict[str, Any]:
    launch, problems = start
    told: dict[str, Any] = {}
    if launch is not None:
        told = {"command": list(launch.command), "cwd": launch.cwd}
    return told | ({"problems": list(problems)} if problems else {})


def _left_out(whys: list[str]) -> dict[str, Any]:
    listed = ", ".join(f"`{why}`" for why in whys)
    return {"skipped": f"{listed} cannot be made"} if whys else {}


def _asked(step: Step) -> dict[str, Any]:
    partitions = {"partitions": list(step.slice.keys)} if step.slice else {}
    return partitions | ({"params": dict(step.params)} if step.params else {})


def render_steps(steps: list[dict[str, Any]]) -> str:
    """The steps, in order, for people."""
    return "\n".join(map(_text, steps))


def _text(step: dict[str, Any]) -> str:
    lines = [step["step"]]
    if step["assets"] != [step["step"]]:
        lines.append(f"  makes       {', '.join(step['assets'])}")
    if step["after"]:
        lines.append(f"  after       {', '.join(step['after'])}")
    if "command" in step:
        lines += [f"  command     {shlex.join(step['command'])}", f"  in          {step['cwd']}"]
    lines += [f"  problem     {problem}" for problem in step.get("problems", ())]
    if "skipped" in step:
        lines.append(f"  skipped     {step['skipped']}")
    if "partitions" in step:
        lines.append(f"  partitions  {', '.join(step['partitions'])}")
    if "params" in step:
        given = (f"{name}={flow(value)}" for name, value in step["params"].items())
        lines.append(f"  params      {', '.join(given)}")
    return "".join(f"{line}\n" for line in lines)
