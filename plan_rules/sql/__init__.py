"""Plan -> SQL text: a view over a table of incidents, in the dialect of a database.

    plan-rules sql --dialect postgres --table incidents --keep id

The view is lowered from the plan's program of columns (`plan_rules.columns`), so it says what `decide` says.
"""

from plan_rules.sql.dialects import DIALECTS, Dialect, DialectUnknown, dialect
from plan_rules.sql.table import table_text
from plan_rules.sql.views import SqlRefused, View, Wanted, views

__all__ = [
    "DIALECTS",
    "Dialect",
    "DialectUnknown",
    "SqlRefused",
    "View",
    "Wanted",
    "dialect",
    "table_text",
    "views",
]
