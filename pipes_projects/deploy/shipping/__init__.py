"""A script with all that it needs, under a name that its content alone decides."""
