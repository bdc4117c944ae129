"""What `make bench` runs: what loading and checking costs, as ratios taken in one run.

And how long an author waits for an editor: in seconds, as there is nothing to compare it with.
"""
