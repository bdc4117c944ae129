"""What people and programs read: findings, explanations, lists, patches."""
