"""What a run would do: the order, and the command of each step."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from pipes_projects.manifest.model.yaml_flow import flow
from pipes_projects.running.ending import CannotStartError
from pipes_projects.running.interpreter import ready
from pipes_projects.terminal.job import launch_of
from pipes_projects.terminal.planning.plan import RunPlan


def steps_of(plan: RunPlan, root: Path) -> list[dict[str, Any]]:
    """The steps, in order, as data."""
    return [_step(plan, number, root) for number in range(len(plan.steps))]


def _step(plan: RunPlan, number: int, root: Path) -> dict[str, Any]:
    step = plan.steps[number]
    told: dict[str, Any] = {
        "step": step.name,
        "assets": [asset.key for asset in step.assets],
        "after": [plan.steps[upstream].name for upstream in sorted(plan.upstream[number])],
    }
    try:
        launch = ready(launch_of(step, root))
        told |= {"command": list(launch.command), "cwd": launch.cwd}
    except CannotStartError as error:
        told["problem"] = str(error)
    if step.slice:
        told["partitions"] = list(step.slice.keys)
    return told | ({"params": dict(step.params)} if step.params else {})


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
    if "problem" in step:
        lines.append(f"  problem     {step['problem']}")
    if "partitions" in step:
        lines.append(f"  partitions  {', '.join(step['partitions'])}")
    if "params" in step:
        given = (f"{name}={flow(value)}" for name, value in step["params"].items())
        lines.append(f"  params      {', '.join(given)}")
    return "".join(f"{line}\n" for line in lines)
