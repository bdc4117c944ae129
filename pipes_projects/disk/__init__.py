"""A project's files, as far as they may be read and written."""
