"""Kinds of services whose clients need packages that conflict with others that we test with.

`make test-clouds` runs these in an environment of their own.
"""
