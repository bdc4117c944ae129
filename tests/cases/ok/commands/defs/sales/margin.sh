echo margin
