"""What can be shown of a plan without deciding incidents one by one: proofs, differences, coverage, questions."""
