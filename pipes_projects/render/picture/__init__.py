"""The picture for programs."""
