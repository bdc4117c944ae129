"""What a platform owner subclasses, and what of it is published to authors."""
