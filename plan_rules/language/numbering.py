"""(Clauses of a plan file, its 底本) -> the clauses by the numbers they were meant to have; wrong ones as Diagnostics.

With a 底本 the wording tells which clause it is.  Without one, of two clauses of one number that is taken to be wrong
which does not follow the one before it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from plan_rules.errors import Severity
from plan_rules.language.clause_shape import ClauseShape
from plan_rules.language.document_shape import DocumentShape
from plan_rules.language.tree import Report, Text
from plan_rules.plan import SourceText

_LAST = re.compile(r"(.*?)([0-9]+|[a-y]|[一二三四五六七八])$")
_NUMERALS = "一二三四五六七八九"


def renumbered(document: DocumentShape, source: SourceText | None, report: Report) -> DocumentShape:
    """The document, its clauses with the numbers that were meant; each that was wrong is reported."""
    meant = dict(_by_wording(document, source, report)) if source is not None else dict(_by_order(document, report))
    if source is None:
        _report_astray(document, report)
    if not meant:
        return document
    body = [
        section.model_copy(
            update={"clauses": [_with_id(clause, meant.get(id(clause.id))) for clause in section.clauses]}
        )
        for section in document.body
    ]
    return document.model_copy(update={"body": body})


def _with_id(clause: ClauseShape, meant: str | None) -> ClauseShape:
    here = clause.id
    return clause if meant is None else clause.model_copy(update={"id": Text(meant, here.span, plain=here.plain)})


def _by_wording(document: DocumentShape, source: SourceText, report: Report) -> Iterator[tuple[int, str]]:
    clauses = [clause for section in document.body for clause in section.clauses]
    taken = {str(clause.id) for clause in clauses if _item(clause, source) == clause.wording}
    for clause in clauses:
        if clause.carries or clause.wording is None or _item(clause, source) == clause.wording:
            continue
        of = [item.id for item in source.items.values() if not item.heading and item.text == clause.wording]
        meant = next((id_ for id_ in of if id_ not in taken), None)
        if meant is None:
            continue
        taken.add(meant)
        report.add(
            "PR101",
            (
                f"条款“{clause.id}”引的是底本里“{meant}”的原文",
                f"clause `{clause.id}` quotes what the source has as `{meant}`",
            ),
            clause.id.span,
            (f"把编号改成“{meant}”", f"write the id `{meant}`"),
            subject=str(clause.id),
        )
        yield id(clause.id), meant


def _item(clause: ClauseShape, source: SourceText) -> str | None:
    item = source.items.get(str(clause.id))
    return item.text if item is not None else None


def _by_order(document: DocumentShape, report: Report) -> Iterator[tuple[int, str]]:
    """Of clauses that share a number the first that does not follow the one before it; the number that does is free."""
    counted = Counter(str(clause.id) for section in document.body for clause in section.clauses)
    twice = {number for number, count in counted.items() if count > 1}
    for section in document.body:
        before = f"{section.section}.0"
        for clause in section.clauses:
            number, due = str(clause.id), _next(before)
            if number in twice and due and number != due and due not in counted:
                twice.discard(number)
                others = [each.id for part in document.body for each in part.clauses if each.id == number]
                other = next(each for each in others if each is not clause.id)
                report.add(
                    "PR024",
                    (f"条款“{number}”写了两次", f"clause `{number}` is written twice"),
                    clause.id.span,
                    (f"改正编号: 接在“{before}”后面的应是“{due}”", f"mend the id: `{due}` would follow `{before}`"),
                    related=other.span,
                    related_label=("另一处写在这里", "also written here"),
                    subject=number,
                )
                yield id(clause.id), due
                number = due
            before = number


def _report_astray(document: DocumentShape, report: Report) -> None:
    """Without a 底本 a clause whose number alone does not begin with that of its section is likely mistyped."""
    for section in document.body:
        start = f"{section.section}."
        astray = [clause for clause in section.clauses if not clause.id.startswith(start)]
        if len(astray) == 1 and len(section.clauses) > 1:
            (clause,) = astray
            meant = start + clause.id.rpartition(".")[2]
            report.add(
                "PR103",
                (
                    f"本章节只有“{clause.id}”的编号不以“{section.section}”开头",
                    f"of this section only `{clause.id}` does not begin with `{section.section}`",
                ),
                clause.id.span,
                (f"是不是“{meant}”?", f"did you mean `{meant}`?"),
                severity=Severity.WARNING,
                subject=str(clause.id),
            )


def _next(number: str) -> str | None:
    """The number that follows: 三.2 -> 三.3, 三.2.a -> 三.2.b; None where that is not plain."""
    found = _LAST.fullmatch(number)
    if found is None:
        return None
    last = found[2]
    if last.isdigit() and last.isascii():
        return f"{found[1]}{int(last) + 1}"
    if last in _NUMERALS:
        return found[1] + _NUMERALS[_NUMERALS.index(last) + 1]
    return found[1] + chr(ord(last) + 1)
