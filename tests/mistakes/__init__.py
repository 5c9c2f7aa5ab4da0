"""Slips that officers make, seeded into real plans, and what is reported of them."""
