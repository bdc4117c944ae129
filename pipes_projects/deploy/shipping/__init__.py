"""A script with everything that it needs, named by its content alone."""
