"""Types of the values that fields hold: durations, environments, metadata, references to params."""
