"""JSON Schema: what editors and CI read, made from the models; and the contract inside it."""
