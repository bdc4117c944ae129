"""The pictures in README.md and docs/, taken by `make pictures`; a test compares what they show."""
