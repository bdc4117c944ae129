"""Shipping scripts to where they run, branch by branch: what was shipped where, and from which
commit. Knows no Dagster; storages other than a folder are imported when they are used."""
