"""Checks at the top of a manifest with several assets: each is about one of these assets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipes_projects.diagnostics import Code, obvious, similar
from pipes_projects.manifest.problems import Problem


def script_check_problems(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Checks that are about no asset of the manifest, or that the asset has already."""
    checks, assets = data.get("checks"), data["assets"]
    if not isinstance(checks, dict) or not isinstance(assets, dict):
        return
    for name, check in checks.items():
        about = check.get("asset") if isinstance(check, dict) else None
        if isinstance(about, str) and about not in assets:
            yield _about_nothing(name, about, assets)
        elif isinstance(about, str) and name in _checks_of(assets[about]):
            message = f"asset `{about}` has two checks that are called `{name}`"
            help_ = f"the other one stands under `{about}`: remove one, or rename it"
            yield Problem(("checks", name), Code.INVALID_VALUE, message, help_, (), True)


def _about_nothing(name: str, about: str, assets: Mapping[str, Any]) -> Problem:
    message = f"no asset of this manifest is called `{about}`"
    last = about.rpartition("/")[2]
    right = last if last in assets else obvious(about, assets)
    help_ = f"write its name alone: `{last}`" if last in assets else similar(about, assets, "one")
    known = ", ".join(f"`{it}`" for it in list(assets)[:8])
    help_ = help_ or f"its assets are {known}"
    return Problem(("checks", name, "asset"), Code.INVALID_VALUE, message, help_, right=right)


def _checks_of(asset: Any) -> Mapping[str, Any]:
    checks = asset.get("checks") if isinstance(asset, dict) else None
    return checks if isinstance(checks, dict) else {}
