"""What a script's step declares and a run selected of it, by every name it may be reported by."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

import dagster as dg

from pipes_projects.spelling import nearest, similar

_NO_KEY: Final = dg.AssetKey("")


class UnknownReportError(Exception):
    """A script reported something that nobody expects; says why."""


class IgnoredReportError(Exception):
    """A script reported something that is in quarantine."""


class Declared:
    """The assets and checks of a step."""

    def __init__(
        self,
        keys: Mapping[str, dg.AssetKey],
        apart: Mapping[str, dg.AssetKey],
        context: dg.AssetExecutionContext,
    ) -> None:
        self.selected: set[dg.AssetKey] = set(context.selected_asset_keys)
        self.selected_checks: set[dg.AssetCheckKey] = set(context.selected_asset_check_keys)
        specs = context.assets_def.node_check_specs_by_output_name.values()
        self.checks: list[dg.AssetCheckKey] = [it.key for it in specs]  # selected or not
        self.names = dict(_names(keys))
        self.apart = {name for name, _ in _names(apart)}

    def asset(self, reported: dg.AssetKey | None) -> dg.AssetKey:
        """Dagster's key of an asset that a script reported."""
        if reported is None and len(self.selected) == 1:
            return next(iter(self.selected))
        if reported in self.apart:
            raise IgnoredReportError
        key = self.names.get(reported) if reported else None
        name = reported.to_user_string() if reported else "an asset without its key"
        if key is None:
            known = nearest_key(reported or _NO_KEY, self.names)
            said = f"the script reported `{name}`, which its manifest does not declare: {known}"
            raise UnknownReportError(said)
        if key not in self.selected:
            raise UnknownReportError(
                f"the script reported `{name}`, which was not selected in this run"
            )
        return key

    def check(self, reported: dg.AssetCheckResult) -> dg.AssetCheckKey:
        """Dagster's key of a check that a script reported."""
        if reported.asset_key in self.apart:
            raise IgnoredReportError
        fits = self._fits(reported)
        if len(fits) != 1:
            raise UnknownReportError(self._unknown(reported, fits))
        if fits[0] not in self.selected_checks:
            name, asset = fits[0].name, fits[0].asset_key.to_user_string()
            raise UnknownReportError(
                f"the script reported check `{name}` of `{asset}`, which was not selected in this"
                " run"
            )
        return fits[0]

    def _fits(self, reported: dg.AssetCheckResult) -> list[dg.AssetCheckKey]:
        """The checks that it may be; where some of them are selected, only those."""
        key = self.names.get(reported.asset_key) if reported.asset_key else None
        fits = [
            it
            for it in self.checks
            if (reported.asset_key is None or it.asset_key == key)
            and reported.check_name in (None, it.name)
        ]
        return [it for it in fits if it in self.selected_checks] or fits

    def _unknown(self, reported: dg.AssetCheckResult, fits: Collection[dg.AssetCheckKey]) -> str:
        name = f"check `{reported.check_name}`" if reported.check_name else "a check without name"
        of = f" of `{reported.asset_key.to_user_string()}`" if reported.asset_key else ""
        if fits:
            several = (f"`{it.name}` of `{it.asset_key.to_user_string()}`" for it in fits)
            return f"the script reported {name}{of}, which may be {' or '.join(several)}"
        said = f"the script reported {name}{of}, which its manifest does not declare"
        known = _words({it.name for it in self.checks}, reported.check_name or "")
        return f"{said}: {known}"


def _words(names: Collection[str], name: str) -> str:
    if name in names:
        return "there are checks of this name of other assets"
    listed = ", ".join(f"`{it}`" for it in sorted(names)) or "none"
    return similar(name, names, "a check") or f"its checks are {listed}"


def _names(keys: Mapping[str, dg.AssetKey]) -> Iterator[tuple[dg.AssetKey, dg.AssetKey]]:
    """What an asset may be called: by its manifest's key or by Dagster's, in parts or as text."""
    for name, key in keys.items():
        yield dg.AssetKey([name]), key
        yield dg.AssetKey([key.to_user_string()]), key
        yield dg.AssetKey(name.split("/")), key
    yield from ((key, key) for key in keys.values())


def nearest_key(key: dg.AssetKey, known: Iterable[dg.AssetKey]) -> str:
    """Words that name the most similar key, or all of them."""
    names = sorted({it.to_user_string() for it in known})
    close = nearest(key.to_user_string(), names)
    if close:
        return f"an asset with a similar name exists: `{close}`"
    return f"it declares {', '.join(f'`{name}`' for name in names)}"
