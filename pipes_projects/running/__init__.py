"""Runs scripts for any host: nothing here knows Dagster.

A host makes a `Job` from a script, and learns what happens as it happens: `session.run` yields
messages and finally how the script ended. `settlement` decides what counts as made.
"""
