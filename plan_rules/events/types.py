"""The types of CloudEvents that are taken and sent, and the names of their schemas and extension attributes."""

from __future__ import annotations

PREFIX = "plan-rules."

REPORTED = "plan-rules.incident.reported"  # in: facts of an incident; answered by DECIDED
CASE = "plan-rules.case.event"  # in: what happened in a case; answered by RECORDED
DECIDED = "plan-rules.incident.decided"
RECORDED = "plan-rules.case.recorded"
PROBLEM = "plan-rules.problem"  # out: an event could not be taken

# Extension attributes: of a sender, the plan it wants to be answered by; of an answer, the plan that answered.
DIGEST = "plandigest"
VERSION = "planversion"
KEY = "partitionkey"  # of the extension "Partitioning": what belongs together, and stays in order
TRACE = ("traceparent", "tracestate")  # of the extension "Distributed Tracing": handed on as they came


def schema_name(type_: str) -> str:
    """The `dataschema` of a type; the number grows when what is said of the data changes incompatibly."""
    return f"urn:plan-rules:event:{type_.removeprefix(PREFIX)}:1"
