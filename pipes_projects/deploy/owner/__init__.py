"""What a platform owner writes in `deploy.py`, and what it is told."""
