"""Kinds whose scripts are jobs of a service: what authors write, and what the service is asked.

How Dagster starts the service's Pipes client is in `emitter/kinds/services/`, under the same names.
"""
