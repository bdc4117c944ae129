"""Manifests and the defaults that they inherit → scripts with their assets."""
