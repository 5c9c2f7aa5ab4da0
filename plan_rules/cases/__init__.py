"""Incidents over time: cases, their duties and deadlines, a durable store, and what is sent out of it."""
