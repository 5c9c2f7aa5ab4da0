"""A connection -> the store brought to its newest form, by alembic, within the transaction of the caller."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from plan_rules.cases.store.failures import StoreOutdated
from plan_rules.cases.store.schema import REVISION


def migrate(connection: Connection, to: str = "head") -> None:
    """Run the migrations that the store lacks.  Raises StoreOutdated where it is of a version that is not known."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in {
        each.revision for each in ScriptDirectory.from_config(config).walk_revisions()
    }:
        raise StoreOutdated(found, REVISION)
    command.upgrade(config, to)
