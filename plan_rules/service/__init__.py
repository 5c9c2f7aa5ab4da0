"""The plan as a service: requests over HTTP in, decisions, explanations, questions and cases out."""
