"""What a platform owner subclasses, and which parts of it are published to authors."""
