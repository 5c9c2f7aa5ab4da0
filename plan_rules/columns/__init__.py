"""Plan -> a program of columns: what SQL, data frames, JSON Logic and other languages are lowered from.

`lower` gives the program, `evaluate` says what it means, row by row.
"""

from plan_rules.columns.evaluation import evaluate
from plan_rules.columns.lowering import ReadingInvalid, lower
from plan_rules.columns.program import Answer, Definition, Input, Program, Rejection

__all__ = ["Answer", "Definition", "Input", "Program", "ReadingInvalid", "Rejection", "evaluate", "lower"]
