"""Scripts that are jobs of a service: each module starts the Pipes client of one, or of a cloud.

`starting` is what all have in common. Their modules have the names of `kinds/services/`, and import
their clients, so they are imported only when a script runs.
"""
