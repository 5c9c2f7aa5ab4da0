"""The commands about incidents over time: `plan-rules case`, `plan-rules outbox`, `plan-rules audit`."""
