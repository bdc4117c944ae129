"""What makes an asset stale: the parts of its code version, and which of them have changed.

A script and all that determines its result → its `parts`, each with a hash → one version. What was
recorded of an earlier run, compared with the parts of today → the `changes`.
"""
