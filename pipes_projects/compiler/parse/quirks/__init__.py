"""Where the parser of YAML does not do as YAML 1.2 says, or has words that only it knows."""
