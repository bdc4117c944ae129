"""What the contract's file, which authors' editors read, says unlike the owner's classes."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from pipes_projects.layout import CONTRACT, Layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.schema.contract.reading import ContractError, extension_at
from pipes_projects.schema.contract.writing import extension, undescribed
from pipes_projects.text.plain import shown

log = logging.getLogger("pipes_projects")


def warn_of(contract: Contract, layout: Layout) -> None:
    """Warn of kinds that cannot be used, and if the file differs in what a check depends on."""
    for why in contract.unusable_kinds.values():
        log.warning(why)
    if not layout.contract.exists():
        return
    written = _written(layout)
    if written is None or undescribed(written) != undescribed(extension(contract)):
        log.warning(
            "%s differs from the classes of this project: editors and CI will not know what is"
            " new until you run `pipes-projects schema`",
            shown(str(layout.contract)),
        )


def with_missing_kinds(contract: Contract, layout: Layout) -> Contract:
    """With the kinds that its file has, but that nothing here can run."""
    written = (_written(layout) or {}).get("kinds")
    missing = written.keys() - contract.kinds.keys() if isinstance(written, dict) else ()
    why = f"{CONTRACT} has it, but nothing installed here does: install the package of this kind"
    unusable = {**dict.fromkeys(missing, why), **contract.unusable_kinds}
    return replace(contract, unusable_kinds=unusable)


def _written(layout: Layout) -> dict[str, Any] | None:
    """The contract's file; None if it cannot be read."""
    try:
        return extension_at(layout.contract)
    except ContractError:
        return None
