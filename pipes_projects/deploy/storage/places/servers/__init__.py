"""Storages on other machines, which are reached over a network."""
