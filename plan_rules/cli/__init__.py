"""Command line -> exit code.  Bad input ends in a sentence, never in a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `plan-rules` and exit: 0 fine, 1 defects or failures, 2 bad input, 3 unusable plan, 4 unusable store."""
    from plan_rules.cli.running import run  # noqa: PLC0415  `import plan_rules.cli` alone loads nothing

    try:
        code = run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (`head`, a pager) has seen enough.  Standard output is pointed elsewhere so that the
        # interpreter's own flush at exit has nothing to complain about.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = 130
    raise SystemExit(code)
