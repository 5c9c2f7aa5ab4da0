"""The first form of the store."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_INSTANT = sa.String(19)
_ID = sa.String(64)
_DIGEST = sa.String(71)


def upgrade() -> None:
    """Make the tables."""
    _texts_and_cases()
    _log()
    _work()


def _texts_and_cases() -> None:
    op.create_table(
        "documents",
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("source", _DIGEST),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("stored_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_documents"),
        sa.ForeignKeyConstraint(["source"], ["documents.digest"], name="fk_documents_source"),
    )
    op.create_table(
        "cases",
        sa.Column("id", _ID, nullable=False),
        sa.Column("plan", _DIGEST, nullable=False),
        sa.Column("calendar", _DIGEST, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("tier", sa.String(100)),
        sa.Column("outlet", sa.String(100), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("review_at", _INSTANT),
        sa.Column("snapshot", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.ForeignKeyConstraint(["plan"], ["documents.digest"], name="fk_cases_plan"),
        sa.ForeignKeyConstraint(["calendar"], ["documents.digest"], name="fk_cases_calendar"),
    )
    op.create_index("ix_cases_phase_at", "cases", ["phase", "at", "id"])
    op.create_index("ix_cases_review_at", "cases", ["review_at"])


def _log() -> None:
    op.create_table(
        "streams",
        sa.Column("id", _ID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("head", _DIGEST, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_streams"),
    )
    op.create_table(
        "entries",
        sa.Column("stream", _ID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("event", _ID, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("stream", "version", name="pk_entries"),
        sa.UniqueConstraint("stream", "event", name="uq_entries_stream"),
    )


def _work() -> None:
    op.create_table(
        "deadlines",
        sa.Column("case", _ID, nullable=False),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("occasion", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("due", sa.String(19)),
        sa.Column("overdue_from", _INSTANT),
        sa.Column("duty", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("case", "action", "occasion", name="pk_deadlines"),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name="fk_deadlines_case"),
    )
    op.create_index("ix_deadlines_overdue_from", "deadlines", ["overdue_from", "case"])
    op.create_index("ix_deadlines_since", "deadlines", ["overdue_from", "since", "case"])
    op.create_table(
        "messages",
        sa.Column("id", _ID, nullable=False),
        sa.Column("case", _ID, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("worker", sa.String(100)),
        sa.Column("why", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name="fk_messages_case"),
    )
    op.create_index("ix_messages_status_due_at", "messages", ["status", "due_at", "place", "id"])
    op.create_index("ix_messages_case", "messages", ["case"])
    op.create_table(
        "personal",
        sa.Column("ref", sa.String(32), nullable=False),
        sa.Column("case", _ID, nullable=False),
        sa.Column("item", sa.String(100), nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("key", sa.String(16)),
        sa.Column("wrapped", sa.LargeBinary),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("erased_at", _INSTANT),
        sa.PrimaryKeyConstraint("ref", name="pk_personal"),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name="fk_personal_case"),
    )
    op.create_index("ix_personal_case", "personal", ["case"])
