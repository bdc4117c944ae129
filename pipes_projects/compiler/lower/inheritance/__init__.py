"""What manifests inherit from the defaults above them."""
