"""Databases, as the driver uses them: `database` says how, the others are one each."""
