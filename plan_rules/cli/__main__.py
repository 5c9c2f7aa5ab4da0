"""`python -m`: the command line."""

from __future__ import annotations

from plan_rules.cli import main

if __name__ == "__main__":
    main()
