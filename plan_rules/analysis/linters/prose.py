"""(Words of a clause's text, its norms) -> Findings where modality, urgency or firmness differ (LN002, LN003, LN004).

A word counts as plans use it, not where it is part of another or tells of a case: 应 in 应急, 不能 in 一时不能化解的.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plan_rules.analysis.finding import Finding
from plan_rules.analysis.linters.defect import action_name, of_clause
from plan_rules.norm import COUNTED, Norm, Strength, Term
from plan_rules.plan import Clause, Plan

_OBLIGES = re.compile(
    r"应[当该]|(?<![相反响供适对效回感呼答顺照])应(?![急付对用变诉届邀聘试酬收验运景激当该])(?!有的)"
    r"|必须|(?<![必无毋不胡])须(?!知)|(?<![不需重主想索只首简概摘纲次若如户人])要(?![求点素件么是闻职害领])"
)
_FORBIDS = re.compile(
    r"(?<!不)不得(?!不|已|而知|了)|严禁|禁止|不准(?![确时])|(?<!要)不要(?![求紧])|不应(?!答)|不给|不许|不允许|不可以|不该|[切请]勿"
    r"|一般不(?![良满足当明法同])|原则上不"
)
# 不能 forbids, or says of a case that something cannot be done: 一时不能化解的, 如不能到场.
_CANNOT = re.compile(r"不能(?!不)")
_OF_A_CASE = re.compile(r"(?:如|若|因|凡|遇|当|时|果|仍|暂|客户|确实?|对)不能$|(?:如|若|因|凡|一时|暂时).{0,8}不能$")
_REFRAINS = re.compile(r"避免|防止|杜绝|谢绝|拒绝|不")  # a duty in form that a prohibition may carry
_PERHAPS = frozenset({"应当", "不得", "must", "must_not"})

_AT_ONCE = re.compile(r"立即|马上|立刻|即刻")
_AS_IF_AT_ONCE = re.compile(r"立即|马上|立刻|即刻|即时|随即|当场|第一时间")
_SOON = re.compile(r"(?<!确保)(?<!保证)(?<![不未])及时(?![性、])")
_AS_IF_SOON = re.compile(r"及时|尽快|尽早|从速|迅速")
_NOT_DEMANDED = re.compile(r"(?:不能|不便|无法|未能?|没有|已经?|是否)$")

_SOFTENS = re.compile(
    r"一般(?:不(?![良满足当明法同])|应(?![急付])|须|要(?![求点素件])|由|在|情况下)|原则上|应?尽量|尽可能"
)
_AS_IF_SOFT = re.compile(
    r"一般(?!客户|投诉|事件|情形|人员)|原则上|尽量|尽可能|通常|酌情|视情|力争|争取|尽力|最好|(?<![事适])宜|建议|为妥|可(?!能)"
)


def prose(plan: Plan) -> Iterator[Finding]:
    """Compare every clause that has norms with its text."""
    for clause in plan.clauses.values():
        if clause.norms and not clause.layer:  # the text of a layer's clause is a summary
            yield from _modality(clause)
            for urgency in _URGENCIES:
                yield from _urgency(plan, clause, urgency)
            yield from _firmness(plan, clause)


# --------------------------------------------------------------------------- LN002: 应当 and 不得


def _modality(clause: Clause) -> Iterator[Finding]:
    judged = [norm for norm in clause.norms if not _PERHAPS.intersection(norm.inferred)]
    kinds = {norm.modality for norm in clause.norms}
    if not judged:
        return
    if (word := _forbidding(clause.text)) is not None:
        if "prohibition" not in kinds:
            yield of_clause(
                "LN002",
                clause,
                (f"原文说“{word}”, 规则里没有“不得”", f"the text says `{word}`, yet none of its norms is a `must_not`"),
                (
                    "改写成“不得: {做: …}”; 原文没有写明而是推断的, 加上“推断: [应当]”",
                    "write it as `must_not`; where it is inferred, add `inferred: [must]`",
                ),
                judged[0],
            )
        return
    obliges = _OBLIGES.search(clause.text)
    if obliges and kinds == {"prohibition"} and not _REFRAINS.search(clause.text):
        yield of_clause(
            "LN002",
            clause,
            (
                f"原文说“{obliges[0]}”, 规则里却只有“不得”",
                f"the text says `{obliges[0]}`, yet it has only a `must_not`",
            ),
            (
                "改写成“应当: {做: …}”; 原文没有写明而是推断的, 加上“推断: [不得]”",
                "write it as `must`; where it is inferred, add `inferred: [must_not]`",
            ),
            judged[0],
        )


def _forbidding(text: str) -> str | None:
    """The first word that forbids."""
    if found := _FORBIDS.search(text):
        return found[0]
    for found in _CANNOT.finditer(text):
        rest = re.split(r"[,，。;；]", text[found.end() :])[0]
        begun = re.split(r"[,，。;；]", text[: found.end()])[-1]
        if "的" not in rest and not _OF_A_CASE.search(begun):
            return found[0]
    return None


# --------------------------------------------------------------------------- LN003: 立即 and 及时


@dataclass(frozen=True, slots=True)
class _Urgency:
    """A term without a number, the words that demand it, and those that may stand for it."""

    term: Term
    zh: str
    demands: re.Pattern[str]
    allows: re.Pattern[str]


_URGENCIES = (
    _Urgency(Term.IMMEDIATE, "立即", _AT_ONCE, _AS_IF_AT_ONCE),
    _Urgency(Term.PROMPT, "及时", _SOON, _AS_IF_SOON),
)


def _instead(clause: Clause, urgency: _Urgency) -> tuple[str, str]:
    """The term that the text does say."""
    others = [each for each in _URGENCIES if each is not urgency and each.demands.search(clause.text)]
    if others:
        return f"照原文写“{others[0].zh}”", f"write `{others[0].term.value}`, as the text says"
    return "去掉这个时限, 或改成原文的词", "drop the limit, or write the word of the text"


def _urgency(plan: Plan, clause: Clause, urgency: _Urgency) -> Iterator[Finding]:
    limits = [norm.limit for norm in clause.norms if norm.limit]
    bound = next((norm for norm in clause.norms if norm.limit and norm.limit.term is urgency.term), None)
    english = urgency.term.value
    if bound and not urgency.allows.search(clause.text):
        yield of_clause(
            "LN003",
            clause,
            (
                f"“{action_name(plan, bound)}”的时限是“{urgency.zh}”, 原文没有这样说",
                f"`{bound.action}` has the limit `{english}`, which the text does not say",
            ),
            _instead(clause, urgency),
            bound,
        )
    word = next((found[0] for found in urgency.demands.finditer(clause.text) if _demanded(clause.text, found)), None)
    if word and not any(limit.term is urgency.term or limit.term in COUNTED for limit in limits):
        yield of_clause(
            "LN003",
            clause,
            (
                f"原文说“{word}”, 规则里没有时限“{urgency.zh}”",
                f"the text says `{word}`, yet no norm has `limit: {english}`",
            ),
            (f"在有关的规定里写“时限: {urgency.zh}”", f"write `limit: {english}` in the norm that it is about"),
            clause.norms[0],
        )


def _demanded(text: str, found: re.Match[str]) -> bool:
    return not _NOT_DEMANDED.search(text[: found.start()])


# --------------------------------------------------------------------------- LN004: 一般 and 原则上


def _firmness(plan: Plan, clause: Clause) -> Iterator[Finding]:
    binding = [norm for norm in clause.norms if norm.modality != "permission"]
    soft = next((norm for norm in binding if _is_soft(norm)), None)
    word = _SOFTENS.search(clause.text)
    if binding and word and soft is None:
        yield of_clause(
            "LN004",
            clause,
            (f"原文说“{word[0]}”, 规则却不可推翻", f"the text says `{word[0]}`, yet its norms cannot be overridden"),
            ("写上“可推翻: 是”, 或写一个解释的编号", "add `defeasible: yes`, or the id of a reading"),
            binding[0],
        )
    if soft and not _AS_IF_SOFT.search(clause.text):
        by = soft.strength_by or "是"
        yield of_clause(
            "LN004",
            clause,
            (
                f"“{action_name(plan, soft)}”写了“可推翻: {by}”, 原文没有“一般”“原则上”“尽量”这样的话",
                f"`{soft.action}` can be overridden, which no word of the text says (一般, 原则上, 尽量)",
            ),
            ("去掉“可推翻”", "drop `defeasible`"),
            soft,
        )


def _is_soft(norm: Norm) -> bool:
    return norm.strength is not Strength.STRICT or norm.strength_by is not None
