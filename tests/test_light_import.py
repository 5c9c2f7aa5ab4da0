"""`import plan_rules` is light: only what every user needs is loaded, and the first answer comes soon."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.pace import reference_seconds

CASES = ("alembic", "cloudevents", "cryptography", "httpx", "icalendar", "psycopg", "sqlalchemy", "standardwebhooks")
PAPERS = ("docx", "jinja2", "openpyxl", "weasyprint")
SERVED = ("fastapi", "prometheus_client", "starlette", "uvicorn")
HEAVY = (
    *CASES,
    *SERVED,
    *PAPERS,
    "confluent_kafka",
    "chinese_calendar",
    "durable_rules_engine",
    "hypothesis",
    "oxidd",
    "pypinyin",
    "rich",
    "typer",
)
FIRST_DECISION = """
import json, resource, sys
import plan_rules as pr
decision = pr.decide(pr.load(), {"staff_assaulted": True})
assert decision.tier is not None
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"seconds": used.ru_utime + used.ru_stime, "modules": sorted(sys.modules)}))
"""


def run_python(source: str, **environment: str) -> dict[str, object]:
    """Run the source in a new interpreter, as a program that uses the library would, and read the JSON it prints."""
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True, env={**os.environ, **environment}
    )
    return json.loads(done.stdout)


def test_importing_the_package_loads_nothing_that_only_some_users_need() -> None:
    loaded = run_python("import json, sys, plan_rules; print(json.dumps({'modules': sorted(sys.modules)}))")["modules"]

    assert [module for module in HEAVY if module in loaded] == []


def test_a_case_is_folded_without_what_the_store_needs() -> None:
    source = "import json, sys, plan_rules.cases.advance; print(json.dumps({'modules': sorted(sys.modules)}))"
    loaded = run_python(source)["modules"]

    assert [module for module in CASES if module in loaded] == []


def test_a_decision_loads_neither_the_command_line_nor_the_test_tools() -> None:
    loaded = run_python(FIRST_DECISION)["modules"]

    assert [module for module in ("hypothesis", "oxidd", "rich", "typer") if module in loaded] == []


def test_import_and_first_decision_take_under_half_a_second_of_cpu(tmp_path: Path) -> None:
    compiled = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": ""}  # as where it is installed
    run_python(FIRST_DECISION, **compiled)

    assert reference_seconds(lambda: run_python(FIRST_DECISION, **compiled)["seconds"], times=9) < 0.5
