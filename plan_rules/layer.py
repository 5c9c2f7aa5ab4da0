"""What stands over a plan: Layers of Provisions with source, authority and dates, and which of two prevails.

A *Layer* is one file laid over a plan (叠加).  A *Provision* (条目) is one rule of a law, of a regulator or of the
bank: what it rests on, whether it is in force, and the clauses it adds.  It is never the plan's own text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from plan_rules.errors import Span


class Authority(StrEnum):
    """Where a rule stands among rules (位阶)."""

    LAW = "law"  # 法律
    REGULATION = "administrative_regulation"  # 行政法规
    RULE = "departmental_rule"  # 部门规章
    DOCUMENT = "normative_document"  # 规范性文件
    LOCAL = "local_rule"  # 地方
    BANK = "bank"  # 本行: the plan itself stands here

    @property
    def rank(self) -> int:
        """The place in the order: more prevails over less."""
        return len(_NAMES) - list(_NAMES).index(self)

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _NAMES[self]


_NAMES = {
    Authority.LAW: "法律",
    Authority.REGULATION: "行政法规",
    Authority.RULE: "部门规章",
    Authority.DOCUMENT: "规范性文件",
    Authority.LOCAL: "地方",
    Authority.BANK: "本行",
}
AUTHORITIES = {word: authority for authority, label in _NAMES.items() for word in (label, authority.value)}


class Relation(StrEnum):
    """How a provision stands to the plan (关系)."""

    SUPPLEMENTS = "supplements"  # 补充
    EXCEPTS = "excepts"  # 例外
    CONFLICTS = "conflicts"  # 冲突
    RESTRICTS = "restricts"  # 限制
    EXTENDS = "extends"  # 扩展
    DETAILS = "details"  # 细化
    INTERPRETS = "interprets"  # 解释
    CONFIRMS = "confirms"  # 印证
    UNDERPINS = "underpins"  # 支撑
    INFORMS = "informs"  # 信息
    HISTORY = "history"  # 历史

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _RELATIONS[self]


_RELATIONS = {
    Relation.SUPPLEMENTS: "补充",
    Relation.EXCEPTS: "例外",
    Relation.CONFLICTS: "冲突",
    Relation.RESTRICTS: "限制",
    Relation.EXTENDS: "扩展",
    Relation.DETAILS: "细化",
    Relation.INTERPRETS: "解释",
    Relation.CONFIRMS: "印证",
    Relation.UNDERPINS: "支撑",
    Relation.INFORMS: "信息",
    Relation.HISTORY: "历史",
}
RELATIONS = {word: relation for relation, label in _RELATIONS.items() for word in (label, relation.value)}


class Force(StrEnum):
    """Whether a provision takes effect on the day of the composition, or why it does not."""

    IN_FORCE = "in_force"
    INFORMS = "informs"  # it adds no clause
    TO_CONFIRM = "to_confirm"  # the bank has not confirmed it
    NOT_YET = "not_yet"  # 施行 lies ahead
    REPEALED = "repealed"  # 废止 has passed

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _FORCES[self]


_FORCES = {
    Force.IN_FORCE: "生效",
    Force.INFORMS: "只供参考",
    Force.TO_CONFIRM: "待确认",
    Force.NOT_YET: "尚未施行",
    Force.REPEALED: "已废止",
}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """确认: the bank says that a provision is read rightly and applies; from the day `since` on it takes effect."""

    provision: str
    decided_by: str
    since: date
    span: Span
    note: str = ""


def citation(instrument: str, article: str) -> str:
    """An instrument and its articles, each as written -> one phrase; as many of the one as of the other go in pairs.

    `甲法; 乙法` and `第1条; 第2条` are `甲法第1条; 乙法第2条`.
    """
    instruments, articles = instrument.split("; "), article.split("; ")
    if len(instruments) != len(articles):
        return f"{instrument}{article}"
    return "; ".join(f"{law}{place}" for law, place in zip(instruments, articles, strict=True))


@dataclass(frozen=True, slots=True)
class Provision:
    """One rule laid over the plan.  `about` are clauses of the plan it bears on, `clauses` those it adds.

    `to_confirm` says why the bank must confirm it first ('' where it need not); `figures` are its numbers in words.
    """

    id: str
    instrument: str
    article: str
    summary: str
    relation: Relation
    authority: Authority
    layer: str
    force: Force
    span: Span
    about: tuple[str, ...] = ()
    figures: str = ""
    effective: date | None = None
    repealed: date | None = None
    to_confirm: str = ""
    confirmed: Confirmation | None = None
    clauses: tuple[str, ...] = ()
    note: str = ""

    @property
    def citation(self) -> str:
        """Where it is found: `征信业管理条例第25条`."""
        return citation(self.instrument, self.article)

    @property
    def waits(self) -> bool:
        """Has it clauses, and takes no effect on the day of the composition?"""
        return bool(self.clauses) and self.force is not Force.IN_FORCE


@dataclass(frozen=True, slots=True)
class Resolution:
    """裁决: of two clauses that cannot both hold, which prevails; over these actions, or over all of the loser's."""

    winner: str
    loser: str
    actions: tuple[str, ...]
    reason: str
    decided_by: str
    span: Span


@dataclass(frozen=True, slots=True)
class Layer:
    """One file laid over a plan.  `digest` is the SHA-256 of its text; out of its dates it adds nothing."""

    id: str
    name: str
    version: str
    authority: Authority
    origin: str
    digest: str
    span: Span
    effective: date | None = None
    repealed: date | None = None
    in_force: bool = True
    provisions: tuple[Provision, ...] = ()


@dataclass(frozen=True, slots=True)
class Layering:
    """The layers over a plan; from the day `since` until before `until` the composition is this one.

    Either is None where no date of any layer lies on that side.
    """

    layers: tuple[Layer, ...]
    resolutions: tuple[Resolution, ...] = ()
    since: date | None = None
    until: date | None = None
    provisions: dict[str, Provision] = field(default_factory=dict)  # by the id of the clause they add

    @property
    def waiting(self) -> tuple[str, ...]:
        """The clauses of provisions that are not in force: of another day, or once they are confirmed."""
        return tuple(name for layer in self.layers for each in layer.provisions if each.waits for name in each.clauses)

    def holds_on(self, day: date) -> bool:
        """Is the composition the same on this day?"""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)
