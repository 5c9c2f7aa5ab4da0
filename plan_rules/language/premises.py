"""What the clauses of a plan file presuppose: situations, presumptions, what cannot be, who stands in, notices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from plan_rules.condition import ALWAYS, Condition, InSituation, leaves, mentioned
from plan_rules.language.document_shape import DocumentShape
from plan_rules.language.names import cycle, one_of
from plan_rules.language.tree import Report, Text
from plan_rules.language.vocabulary import Vocabulary
from plan_rules.plan import Alias, Deputy, Impossible, Notice, Presumption, Remark, Situation


class PremiseReader:
    """Reads what stands beside the clauses.  `clause_list` gives the ids of clauses that are named."""

    def __init__(
        self,
        document: DocumentShape,
        words: Vocabulary,
        clause_list: Callable[[Iterable[Text]], tuple[str, ...]],
        report: Report,
    ) -> None:
        self._document = document
        self._words = words
        self._clause_list = clause_list
        self._report = report

    def situations(self) -> Mapping[str, Situation]:
        """The situations by name; where they refer to each other in a circle, each always holds."""
        found = {
            str(name): Situation(str(name), self._words.conditions.read(tree), name.span)
            for name, tree in self._document.situations.items()
        }
        circle = cycle({name: _situations_in(item.condition) for name, item in found.items()})
        if circle:
            self._report.add(
                "PR050",
                (
                    f"情形循环引用: {' → '.join(circle)}",
                    f"situations refer to each other in a circle: {' → '.join(circle)}",
                ),
                found[circle[0]].span,
                ("去掉其中一处引用", "remove one of the references"),
                related=found[circle[-2]].span,
                subject=circle[0],
            )
            return {name: replace(item, condition=ALWAYS) for name, item in found.items()}
        return found

    def presumptions(self) -> tuple[Presumption, ...]:
        """The presumptions, in the order of the file."""
        return tuple(
            Presumption(
                id=str(shape.id),
                condition=self._words.conditions.read(shape.condition),
                fills=tuple(
                    filled
                    for name, value in shape.then.items()
                    if (filled := self._words.conditions.fills(name, value))
                ),
                span=shape.id.span,
                note=str(shape.note or ""),
            )
            for shape in self._document.presumptions
        )

    def impossibles(self) -> tuple[Impossible, ...]:
        """The combinations that cannot be."""
        found = []
        for shape in self._document.impossible:
            condition = self._words.conditions.read(shape.combination, stated=True)
            found.append(
                Impossible(
                    id=str(shape.id),
                    condition=condition,
                    facts=mentioned(condition),
                    span=shape.id.span,
                    warn=one_of(shape.severity, {"警告": True}, False, self._report),
                    text=str(shape.note or ""),
                )
            )
        return tuple(found)

    def notices(self) -> tuple[Notice, ...]:
        """The notices."""
        return tuple(
            Notice(
                id=str(shape.id),
                condition=self._words.conditions.read(shape.when),
                text=str(shape.text),
                origin=str(shape.origin),
                clauses=self._clause_list(shape.about),
                span=shape.id.span,
            )
            for shape in self._document.notices
        )

    def aliases(self) -> tuple[Alias, ...]:
        """The roles that are one under a reading."""
        found = []
        for shape in self._document.aliases:
            role, same = self._words.roles.find(shape.id), self._words.roles.find(shape.same_as)
            under = self._words.conditions.under(shape.under)
            if role and same and under:
                found.append(Alias(role.id, same.id, under[0]))
        return tuple(found)

    def deputies(self) -> tuple[Deputy, ...]:
        """Who stands in for whom, and when."""
        found = []
        for shape in self._document.deputies:
            role = self._words.roles.find(shape.deputy)
            condition = self._words.conditions.read(shape.when)
            under = self._words.conditions.under(shape.under)
            stood_for = tuple(each.id for word in shape.roles if (each := self._words.roles.find(word)))
            if role:
                found.append(Deputy(role.id, condition, under, stood_for))
        return tuple(found)

    def remarks(self) -> tuple[Remark, ...]:
        """The remarks."""
        return tuple(
            Remark(str(shape.id), str(shape.topic), self._clause_list(shape.about), str(shape.text), shape.id.span)
            for shape in self._document.remarks
        )


def _situations_in(condition: Condition) -> tuple[str, ...]:
    """The situations a condition names."""
    return tuple(part.situation for part in leaves(condition) if isinstance(part, InSituation))
