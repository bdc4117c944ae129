"""What drivers have in common: small processes that run a script somewhere else."""
