"""Proof -> certificate: what was shown of a plan, as JSON that says how to show it again; and whether that holds.

The same plan and the same versions of the tools give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from plan_rules.analysis.diagram import BUDGET
from plan_rules.analysis.finding import Witness
from plan_rules.analysis.meaning import Meaning
from plan_rules.analysis.proving import Result, proof
from plan_rules.analysis.witnesses import decided, witness
from plan_rules.decision import Decision, outline
from plan_rules.errors import FactsInvalid, Message
from plan_rules.fact_values import shown
from plan_rules.plan import Plan

FORMAT = "plan-rules-certificate/1"
_TOOLS = ("plan-rules", "oxidd", "durable-rules")


def certificate(plan: Plan, *, budget: int = BUDGET) -> dict[str, Any]:
    """The certificate of a plan.  Counts are decimal strings, being of any size."""
    shown_ = proof(plan, budget=budget)
    return {
        "format": FORMAT,
        "plan": {"id": plan.id, "name": plan.name, "version": plan.version, "digest": plan.digest},
        "tools": {name: version(name) for name in _TOOLS},
        "budget": budget,
        "incidents": str(shown_.total),
        "situations": str(shown_.situations),
        "clean": shown_.clean,
        "claims": [_claim(result) for result in shown_.results],
        "undecided": list(shown_.undecided),
        "accepted": [
            {
                "finding": item.finding,
                "about": list(item.about),
                "reason": item.reason,
                "decided_by": item.decided_by,
                "until": item.until.isoformat() if item.until else None,
                "otherwise_only": item.otherwise_only,
            }
            for item in plan.acceptances
        ],
    }


def certificate_text(certified: Mapping[str, Any]) -> str:
    """The bytes of a certificate, as text that ends in a newline."""
    return json.dumps(certified, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _claim(result: Result) -> dict[str, Any]:
    claim = result.claim
    return {
        "claim": claim.name,
        "says": claim.statement.zh,
        "verdict": result.verdict.value,
        "count": None if result.count is None else str(result.count),
        "of": None if result.total is None else str(result.total),
        "witness": _witness(result),
    }


def _witness(result: Result) -> dict[str, Any] | None:
    found = _shown_by(result)
    if found is None:
        return None
    return {
        "facts": {fact: shown(value) for fact, value in found.facts.items()},
        "readings": dict(found.readings),
        "decision": _said(found.decision),
    }


def _shown_by(result: Result) -> Witness | None:
    """The incident that refutes the claim, or the smallest that shows it."""
    if result.witness is not None or result.example is None or result.meaning is None:
        return result.witness
    meaning: Meaning = result.meaning
    return witness(meaning, result.example, result.claim)


def _said(decision: Decision) -> dict[str, Any]:
    return {**outline(decision), "fired": list(decision.fired)}


# --------------------------------------------------------------------------- showing it again


def verify(plan: Plan, certified: Mapping[str, Any]) -> tuple[Message, ...]:
    """What of a certificate does not hold of this plan; nothing where all of it does.

    Every claim is decided again, and every incident in the certificate by the engine.
    """
    return tuple(_problems(plan, certified))


def _problems(plan: Plan, certified: Mapping[str, Any]) -> Iterator[Message]:
    if certified.get("format") != FORMAT:
        yield Message("这不是 plan-rules 的证书", "this is no certificate of plan-rules")
        return
    there = certified.get("plan", {})
    if not isinstance(there, Mapping) or there.get("digest") != plan.digest:
        yield Message("证书说的是另一份预案: 摘要不同", "the certificate is of another plan: the digests differ")
        return
    budget = certified.get("budget")
    if type(budget) is not int or not 1 <= budget <= 1 << 24:
        yield Message("证书没有写明限度", "the certificate states no budget")
        return
    yield from _decided_otherwise(plan, certified)
    again = json.loads(certificate_text(certificate(plan, budget=budget)))
    told = {**certified, "tools": again["tools"]}  # other versions may show it again: what counts is what they show
    if told != again:
        yield from _differing(told, again)


def _decided_otherwise(plan: Plan, certified: Mapping[str, Any]) -> Iterator[Message]:
    for claim in certified.get("claims", ()):
        found = claim.get("witness") if isinstance(claim, Mapping) else None
        if not isinstance(found, Mapping):
            continue
        name = claim.get("claim")
        try:
            decision = decided(plan, dict(found.get("facts", {})), dict(found.get("readings", {})))
        except FactsInvalid:
            yield Message(f"{name} 的事例被预案拒绝", f"the incident of {name} is refused by the plan")
            continue
        if _said(decision) != found.get("decision"):
            yield Message(f"引擎对 {name} 的事例另有决定", f"the engine decides otherwise on the incident of {name}")


def _differing(told: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[Message]:
    for key in sorted({*told, *again} - {"claims"}):
        if told.get(key) != again.get(key):
            yield Message(f"“{key}”与重新证明的不同", f"`{key}` differs from what is shown now")
    claims = told.get("claims") if isinstance(told.get("claims"), list) else []
    before = {claim.get("claim"): claim for claim in claims or () if isinstance(claim, Mapping)}
    after = {claim["claim"]: claim for claim in again["claims"]}
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Message(f"{name} 与重新证明的不同", f"{name} differs from what is shown now")
