"""Without the extra, the command says what to install."""

from __future__ import annotations

import subprocess
import sys

WITHOUT_PYGLS = """
import sys
sys.modules["pygls"] = sys.modules["pygls.lsp"] = sys.modules["pygls.lsp.server"] = None
sys.modules["lsprotocol"] = None
from plan_rules.cli import main
sys.argv = ["plan-rules", "lsp"]
main()
"""


def test_a_missing_extra_says_which_line_brings_it() -> None:
    told = subprocess.run([sys.executable, "-c", WITHOUT_PYGLS], capture_output=True, text=True, check=False)
    assert told.returncode == 4
    assert "pip install 'plan-rules[editor]'" in told.stderr
    assert "Traceback" not in told.stderr
