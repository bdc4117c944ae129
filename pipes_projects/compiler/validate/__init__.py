"""Documents → manifests: each judged by its own model, with nothing required."""
