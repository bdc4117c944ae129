"""The format: what a manifest may say. Pydantic models only; nothing of ours is imported here."""
