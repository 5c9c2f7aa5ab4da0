"""Stop: why a command ends early, with its exit code; and how that is told, as JSON on stdout or as text on stderr.

0  done                                   2  the facts, the scenario file or the usage is wrong
1  defects found, or tests failed         3  the plan cannot be used
                                          4  the store of cases cannot be used
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from plan_rules.diagnostic_object import diagnostic_object
from plan_rules.diagnostic_text import Lines, render
from plan_rules.errors import Diagnostic, Message, Severity

OK, DEFECTS, BAD_INPUT, BAD_PLAN, BAD_STORE = 0, 1, 2, 3, 4


@dataclass
class Stop(Exception):
    """The command cannot go on.  `error` is a permanent name for programs, `message` a sentence for people."""

    exit_code: int
    error: str
    message: Message
    diagnostics: tuple[Diagnostic, ...] = ()
    sources: Lines = field(default_factory=dict)

    def text(self, lang: str) -> str:
        """For people: every diagnostic, then the sentence."""
        details = render(self.diagnostics, self.sources, lang)
        return f"{details}\n\n{self.message.within(lang)}" if details else self.message.within(lang)

    def to_json(self, lang: str) -> str:
        """For programs: one object; there is always at least one diagnostic."""
        found = self.diagnostics or (Diagnostic(self.error, Severity.ERROR, self.message),)
        return as_json({"error": self.error, "diagnostics": [diagnostic_object(each, lang) for each in found]})


def as_json(value: Any) -> str:
    """Readable JSON, the same bytes for equal values."""
    return json.dumps(value, ensure_ascii=False, indent=2)
