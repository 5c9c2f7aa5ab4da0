"""What a database says went wrong -> a StoreError that says what happened, that nothing is half-written, what to do."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)

from plan_rules.errors import Message, ToldError


class StoreError(ToldError):
    """The store could not do it, and wrote nothing that is not whole.  `error` is a permanent name for programs."""

    error: ClassVar[str] = "store_failed"


class StoreUnavailable(StoreError):
    """The database does not answer, or cannot be opened."""

    error = "store_unavailable"


class StoreFull(StoreError):
    """There is no room left."""

    error = "store_full"


class StoreReadOnly(StoreError):
    """It can be read but not written."""

    error = "store_read_only"


class StoreBusy(StoreError):
    """Others were writing for too long."""

    error = "store_busy"


class StoreConflict(StoreError):
    """Somebody else wrote the same thing at the same time."""

    error = "store_conflict"


class StoreDamaged(StoreError):
    """Something in it is gone, or was altered by other means than this library."""

    error = "store_damaged"

    def __init__(self, what: str) -> None:
        super().__init__(
            Message(
                f"案件库里的 {what} 不见了, 或被改动过; 用 plan-rules audit verify 查看, 从备份恢复",
                f"{what} is gone from the store, or was altered there; look with `plan-rules audit verify`, "
                "and restore a backup",
            )
        )


class StoreOutdated(StoreError):
    """It was made by another version of the library."""

    error = "store_outdated"

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(
            Message(
                f"案件库是版本 {found}, 本程序要版本 {wanted}; 备份后运行 plan-rules case migrate, 或换用原来的程序",
                f"the store is of version {found}, this program needs {wanted}; back it up and run "
                "`plan-rules case migrate`, or use the program that made it",
            )
        )


_CERTAIN = ("; 没有写入任何内容", "; nothing was written")
# It may have been lost after the server had committed, and before it said so.
_LOST = Message(
    "与案件库的连接断了, 不知道这次登记写进去没有; 连上后用同一个事件编号再登记一次, 不会重复",
    "the connection to the store was lost, and whether this was written is not known; record it again under the same "
    "event id once the store answers: that has no second effect",
)
_SIGNS: tuple[tuple[type[StoreError], tuple[str, ...], Message], ...] = (
    (
        StoreFull,
        ("disk is full", "53100", "no space left", "file too large"),
        Message("磁盘已满, 请腾出空间后再试", "the disk is full; make room and try again"),
    ),
    (
        StoreReadOnly,
        ("readonly database", "read-only", "25006", "42501", "permission denied"),
        Message("案件库只能读, 不能写; 检查文件权限", "the store cannot be written; look at its permissions"),
    ),
    (
        StoreBusy,
        ("database is locked", "database table is locked", "55p03", "40p01", "40001"),
        Message("别的程序占用案件库太久, 请再试", "others kept the store busy for too long; try again"),
    ),
    (
        StoreUnavailable,
        ("file is not a database", "malformed"),
        Message(
            "这个文件不是案件库, 或已损坏; 检查地址, 或从备份恢复",
            "the file is no store, or is damaged; look at its address, or restore a backup",
        ),
    ),
    (
        StoreUnavailable,
        ("unable to open", "connection", "57p0", "08", "could not translate", "disk i/o error", "closed unexpectedly"),
        Message(
            "连不上案件库; 检查地址、文件夹和数据库服务, 再试",
            "the store cannot be reached; look at its address, its folder and the database server, then try again",
        ),
    ),
)


def failure_of(failure: SQLAlchemyError) -> StoreError:
    """The StoreError of what the database said; its own words may hold data and are left out."""
    if isinstance(failure, ArgumentError | NoSuchModuleError):
        return bad_address()
    if isinstance(failure, IntegrityError):
        message = Message("别的程序同时登记了同一件事, 请再试", "somebody else recorded the same; try again")
        return StoreConflict(Message(message.zh + _CERTAIN[0], message.en + _CERTAIN[1]))
    if isinstance(failure, DBAPIError) and failure.connection_invalidated:
        return StoreUnavailable(_LOST)
    said = _said(failure)
    for kind, signs, message in _SIGNS:
        if any(sign in said for sign in signs):
            return kind(Message(message.zh + _CERTAIN[0], message.en + _CERTAIN[1]))
    name = type(failure).__name__
    return StoreError(Message(f"案件库出错({name}){_CERTAIN[0]}", f"the store failed ({name}){_CERTAIN[1]}"))


def _said(failure: SQLAlchemyError) -> str:
    """What the driver said, in lower case: its SQLSTATE alone where it has one."""
    origin = failure.orig if isinstance(failure, DBAPIError) else None
    state = getattr(origin, "sqlstate", None)
    if state:
        return str(state).lower()
    if isinstance(failure, OperationalError) and type(origin).__module__.startswith("psycopg"):
        return "connection"  # the server itself has a state for everything
    return str(origin if origin is not None else failure).lower()


def bad_address() -> StoreError:
    """It is no address of a store."""
    return StoreUnavailable(
        Message(
            "案件库地址写法不对; 写成 sqlite:///cases.db 或 postgresql://user@host/database",
            "the address of the store is malformed; write sqlite:///cases.db or postgresql://user@host/database",
        )
    )


def no_database() -> StoreError:
    """There is a file of something else."""
    return StoreUnavailable(
        Message(
            "这个文件不是案件库, 没有动它; 检查地址",
            "the file is no store, and was left as it is; look at the address",
        )
    )


def not_a_store() -> StoreError:
    """There are tables in the way that another program made."""
    return StoreError(
        Message("这个数据库里已有别的程序的表; 换一个空的数据库", "the database holds other tables; use an empty one")
    )
