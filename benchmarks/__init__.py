"""What `make bench` runs: what loading and checking costs, as ratios taken in one run."""
