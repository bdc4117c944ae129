"""Scripts run, by any host: nothing of Dagster is known here.

A host makes a `Job` of a script, and gets back what happens, when it happens: `session.run` yields
messages and at last how the script ended. `settlement` says what of it counts as made.
"""
