"""What a run makes: which scripts, in which order, with which parameters and partitions."""
