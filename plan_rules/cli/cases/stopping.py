"""What goes wrong with cases -> Stop, with its exit code: 2 refused, 4 the store cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from plan_rules.cases.extra import from_extra
from plan_rules.cases.refusal import EventRefused
from plan_rules.cli.inputs import refused
from plan_rules.cli.stop import BAD_INPUT, BAD_STORE, Stop
from plan_rules.errors import FactsInvalid, Message

with from_extra():  # the first modules of the store that a command loads
    from plan_rules.cases.personal import AccessRefused
    from plan_rules.cases.store.failures import StoreError
    from plan_rules.cases.vault import KeyRefused


@contextmanager
def stopping() -> Iterator[None]:
    """Every failure that is expected, as a Stop."""
    try:
        yield
    except EventRefused as refusal:
        message = Message("没有登记任何内容", "nothing was recorded")
        raise Stop(BAD_INPUT, "event_refused", message, refusal.diagnostics) from refusal
    except FactsInvalid as invalid:
        raise refused(invalid, {}) from invalid
    except StoreError as failure:
        raise Stop(BAD_STORE, failure.error, failure.message) from failure
    except KeyRefused as failure:
        raise Stop(BAD_INPUT, "key_refused", failure.message) from failure
    except AccessRefused as failure:
        raise Stop(BAD_INPUT, "access_refused", failure.message) from failure
