"""What a platform owner writes in `deploy.py`, and what their functions are told."""
