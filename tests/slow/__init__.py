"""Graphs on real clusters, queues and databases, on this machine: `make test-slow`."""
