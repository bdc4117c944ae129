"""What `make bench` runs: the cost of loading and checking, as ratios measured in one run.

It also measures how long authors wait for an editor, in seconds, with nothing to compare it to.
"""
