"""A difference for its readers: a terminal, a comment of a request, programs."""
