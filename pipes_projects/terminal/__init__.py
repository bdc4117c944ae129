"""Runs scripts in a terminal, without Dagster: the runner's second host.

The selection → `plan` (which scripts, in which order) → `job` (each script's context) →
`side_by_side` (runs up to the wanted number at a time) → `report`. What counts as made is decided
in the same place as for Dagster's steps: `running.settlement`.
"""
