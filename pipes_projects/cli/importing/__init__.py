"""Commands that turn what other tools have into manifests."""
