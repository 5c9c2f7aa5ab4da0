"""The tables of the store, as SQLAlchemy has them; `migrations` bring an older store to this form.

Instants are ISO text of local time, so that both databases sort them the same.  Entries are only ever added.  All that
is in `cases` and `deadlines` follows from the entries; it is kept so that nothing has to be folded twice.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint

REVISION = "0001"  # of the newest migration

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

_INSTANT = String(19)
_ID = String(64)
_DIGEST = String(71)  # sha256: and 64 hexadecimal digits

# Texts that cases are held to: plans, the source texts beside them, calendars.
documents = Table(
    "documents",
    metadata,
    Column("digest", _DIGEST, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(200), nullable=False),
    Column("source", _DIGEST, ForeignKey("documents.digest")),  # of a plan: its 底本
    Column("content", LargeBinary, nullable=False),
    Column("stored_at", _INSTANT, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("plan", _DIGEST, ForeignKey("documents.digest"), nullable=False),
    Column("calendar", _DIGEST, ForeignKey("documents.digest"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("phase", String(16), nullable=False),
    Column("tier", String(100)),
    Column("outlet", String(100), nullable=False),
    Column("opened_at", _INSTANT, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("review_at", _INSTANT),  # when time alone next changes something
    Column("snapshot", Text, nullable=False),
    Index("ix_cases_phase_at", "phase", "at", "id"),
    Index("ix_cases_review_at", "review_at"),
)

# The log: one chain of entries a stream.  A case is a stream; so are the readings of personal data, and the anchors.
streams = Table(
    "streams",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("head", _DIGEST, nullable=False),
    Column("recorded_at", _INSTANT, nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("stream", _ID, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("event", _ID, nullable=False),
    Column("body", Text, nullable=False),
    Column("digest", _DIGEST, nullable=False),
    UniqueConstraint("stream", "event"),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("case", _ID, ForeignKey("cases.id"), primary_key=True),
    Column("action", String(100), primary_key=True),
    Column("occasion", Integer, primary_key=True, autoincrement=False),
    Column("since", _INSTANT, nullable=False),
    Column("due", String(19)),  # a day or an instant
    Column("overdue_from", _INSTANT),
    Column("duty", Text, nullable=False),  # its name, who, to whom, by which clauses
    Index("ix_deadlines_overdue_from", "overdue_from", "case"),
    Index("ix_deadlines_since", "overdue_from", "since", "case"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("case", _ID, ForeignKey("cases.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("made_at", _INSTANT, nullable=False),
    Column("body", Text, nullable=False),
    Column("status", String(16), nullable=False),  # waiting, claimed, delivered, dead
    Column("attempt", Integer, nullable=False),
    Column("due_at", _INSTANT, nullable=False),  # when it may next be claimed
    Column("place", Integer, nullable=False),  # among those of one event: the order in which to act
    Column("worker", String(100)),
    Column("why", Text),
    Index("ix_messages_status_due_at", "status", "due_at", "place", "id"),
    Index("ix_messages_case", "case"),
)

personal = Table(
    "personal",
    metadata,
    Column("ref", String(32), primary_key=True),
    Column("case", _ID, ForeignKey("cases.id"), nullable=False),
    Column("item", String(100), nullable=False),
    Column("recorded_at", _INSTANT, nullable=False),
    Column("key", String(16)),  # which master key wraps the data key
    Column("wrapped", LargeBinary),
    Column("sealed", LargeBinary),
    Column("erased_at", _INSTANT),
    Index("ix_personal_case", "case"),
)
