"""(Answer, Plan) -> the JSON object of what is certain, what is possible, and what to ask next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plan_rules.analysis.asking import Answer
from plan_rules.plan import Plan


def answer_object(answer: Answer, plan: Plan) -> Mapping[str, Any]:
    """The answer as JSON."""
    question = answer.next
    return {
        "plan": {"id": plan.id, "version": plan.version, "digest": plan.digest},
        "tiers": list(answer.tiers),
        "questions_to_tier": answer.questions_to_tier,
        "certain": [{"kind": each.kind, "action": each.subject} for each in answer.certain],
        "possible": [{"kind": each.kind, "action": each.subject} for each in answer.possible],
        "next": {
            "fact": question.fact,
            "question": question.text,
            "confirm_by": list(question.confirm_by),
            "choices": [
                {
                    "value": list(choice.value) if isinstance(choice.value, tuple) else choice.value,
                    "tiers": list(choice.tiers),
                }
                for choice in question.choices
            ],
        }
        if question
        else None,
    }
