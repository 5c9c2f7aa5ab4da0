"""Every error tells itself in both languages, and comes whole out of another process."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import plan_rules
from plan_rules.analysis.diagram import OutOfBudget
from plan_rules.cases.delivery.undelivered import Undelivered
from plan_rules.engines import EngineUnknown
from plan_rules.errors import CalendarUnknown, DiagnosedError, EngineError, Message, PlanRulesError, ToldError
from plan_rules.explanation import ClauseUnknown
from plan_rules.extra import ExtraMissing
from plan_rules.service.problem import Refused
from plan_rules.sql import DialectUnknown

# These carry what they tell otherwise: a Problem, and a sentence about a message.
_TELL_THEMSELVES = (ToldError, DiagnosedError, Refused, Undelivered)


def _all_errors() -> Iterator[type[PlanRulesError]]:
    for module in walk_packages(plan_rules.__path__, "plan_rules."):
        if not module.name.endswith(("__main__", ".versions.env")) and ".migrations" not in module.name:
            import_module(module.name)
    left = list(PlanRulesError.__subclasses__())
    while left:
        found = left.pop()
        left += found.__subclasses__()
        yield found


def test_every_error_tells_itself_in_both_languages() -> None:
    silent = {found.__qualname__ for found in _all_errors() if not issubclass(found, _TELL_THEMSELVES)}
    assert not silent


def test_an_error_comes_whole_out_of_another_process() -> None:
    for failure in (
        CalendarUnknown(2099),
        ClauseUnknown("九.9"),
        DialectUnknown("sybase"),
        EngineError(Message("规则引擎未作答", "the rule engine did not answer")),
        EngineUnknown("fast"),
        ExtraMissing("duckdb", "batch"),
        OutOfBudget(),
    ):
        again = pickle.loads(pickle.dumps(failure))
        assert type(again) is type(failure)
        assert str(again) == str(failure)
        assert vars(again) == vars(failure)
        assert again.message.zh and again.message.en and again.message.zh != again.message.en
