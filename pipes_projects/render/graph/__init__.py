"""The graph of a project, one module a format; `drawing` is what all of them draw."""
