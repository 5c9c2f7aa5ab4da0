"""Plan -> one HTML file that asks, decides and shows what to do, without a network, a server or storage."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from html import escape
from importlib import resources

from plan_rules.documents.triage.lowering import lowered_object
from plan_rules.plan import Plan

PARTS = ("evaluator.js", "triage.js")
_TO_CALL = ("person", "dept", "body")
_BLANK_LINES = 3


def triage_page(plan: Plan) -> str:
    """The page; equal plans give equal pages.  Nothing is fetched: what runs is named by its hash in the policy."""
    style, script = part("triage.css"), "\n".join(part(name) for name in PARTS)
    allowed = f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    data = json.dumps(lowered_object(plan), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return part("triage.html").format(
        policy=escape(policy, quote=True),
        title=escape(plan.name),
        version=escape(f"{plan.name} {plan.version} · {plan.digest[:19]}"),
        phones="".join(f'<li>{escape(name)} <span class="blank"></span></li>' for name in _to_call(plan)),
        style=style,
        data=data,
        script=script,
    )


def _to_call(plan: Plan) -> list[str]:
    """Whom duties are done towards, of the bank's own, for their numbers to be filled in; and lines for others."""
    norms = [norm for clause in plan.clauses.values() for norm in clause.norms if norm.modality == "duty"]
    told = dict.fromkeys(party for norm in norms if norm.recipient for party in norm.recipient.parties)
    roles = [plan.roles[party] for party in told if party in plan.roles]
    return [role.label for role in roles if role.kind in _TO_CALL] + [""] * _BLANK_LINES


def part(name: str) -> str:
    """A file of this package."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()
