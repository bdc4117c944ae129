"""What is read by people and programs: findings, explanations, lists, patches."""
