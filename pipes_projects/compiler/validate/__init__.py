"""Documents → manifests: each is checked by its own model, and nothing is required yet."""
