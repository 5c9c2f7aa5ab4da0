"""The page of each refusal: after the events shown, what it calls wrong is refused by its code and the right form is taken."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from plan_rules.cases.advance import advance, begin
from plan_rules.cases.case import Case
from plan_rules.cases.event import Upgraded, read
from plan_rules.cases.refusal import EventRefused
from tests.cases.case_stories import CASE_ID, PLAN

# Those that a case refuses by itself; the later ones need a store, and are tried on one in test_store and test_personal.
CODES = [f"CS{number:03}" for number in range(1, 15)]
PAGES = {
    code: (Path(__file__).parents[2] / f"docs/reference/diagnostics/{code}.md").read_text(encoding="utf-8")
    for code in CODES
}
EXAMPLE = re.compile(r"^```json\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


def after(case: Case | None, plain: Mapping[str, Any]) -> Case:
    happened = read(plain)
    if case is None:
        return begin(CASE_ID, PLAN, happened).case
    stored = PLAN if isinstance(happened.what, Upgraded) and happened.what.plan == PLAN.digest else None
    return advance(case, happened, stored).case


@pytest.mark.parametrize("code", CODES)
def test_a_page_shows_an_event_that_is_refused_and_one_that_is_taken(code: str) -> None:
    before, wrong, right = (json.loads(text.replace("sha256:…", PLAN.digest)) for text in EXAMPLE.findall(PAGES[code]))
    case = None
    for plain in before:
        case = after(case, plain)

    with pytest.raises(EventRefused) as refused:
        after(case, wrong)
    assert [found.code for found in refused.value.diagnostics] == [code]
    after(case, right)
