"""Which parts of an owner's classes are published to authors."""
