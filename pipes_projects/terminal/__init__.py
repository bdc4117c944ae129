"""Scripts run in a terminal, without Dagster: the second host of the runner.

What is selected → `plan` (which scripts, in which order) → `job` (what each is told) →
`side_by_side` (run, as many at a time as wanted) → `report`. What counts as made is decided where
Dagster's steps have it decided: in `running.settlement`.
"""
