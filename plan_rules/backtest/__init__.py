"""What a past archive would have got under a plan, and under an old and a new one: counted, not guessed.

    result = backtest((old, new), Named("past.csv", id="number"), Options(by=("branch",)))
    report(result, "en")["changes"]

Needs `pip install 'plan-rules[backtest]'`.
"""

from plan_rules.backtest.archive import Named
from plan_rules.backtest.mapping import MappingInvalid, read_mapping
from plan_rules.backtest.part import ArchiveUnreadable
from plan_rules.backtest.replay import ReplayDisagrees
from plan_rules.backtest.report import report
from plan_rules.backtest.run import Options, Result, backtest
from plan_rules.backtest.stored import StateUnusable

__all__ = [
    "ArchiveUnreadable",
    "MappingInvalid",
    "Named",
    "Options",
    "ReplayDisagrees",
    "Result",
    "StateUnusable",
    "backtest",
    "read_mapping",
    "report",
]
