"""Run by alembic: migrations on the connection it is handed, in the transaction that is open there."""

from alembic import context

from plan_rules.cases.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
