"""A plan as one HTML file that decides without a network: `triage_page(plan)`."""

from plan_rules.documents.triage.page import triage_page

__all__ = ["triage_page"]
