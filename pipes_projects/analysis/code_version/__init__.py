"""What makes an asset stale: the parts of its code version, and which of them have changed.

A script with all that makes its result → its `parts`, each with a hash → one version. What was
recorded of an earlier run, beside the parts of today → the `changes`.
"""
