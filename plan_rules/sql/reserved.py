"""Words that a database reserves: a column of such a name is quoted."""

from __future__ import annotations

_ORACLE = """
access add all alter and any as asc audit between by char check cluster column column_value comment compress connect
create current date decimal default delete desc distinct drop else exclusive exists file float for from grant group
having identified immediate in increment index initial insert integer intersect into is level like lock long
maxextents minus mlslabel mode modify nested_table_id noaudit nocompress not nowait null number of offline on online
option or order pctfree prior public raw rename resource revoke row rowid rownum rows select session set share size
smallint start successful synonym sysdate table then to trigger uid union unique update user validate values varchar
varchar2 view whenever where with
"""
_OTHERS = """
abort action after always analyse analyze anti array asof asymmetric attach authorization autoincrement backup
before begin bigint binary boolean both break browse bulk cascade case cast checkpoint close clustered coalesce
collate collation commit compute concurrently conflict constraint contains containstable continue convert cross cube
current_catalog current_date current_role current_schema current_time current_timestamp current_user cursor database
databases dbcc deallocate declare deferrable deferred deny describe detach disk distribute distributed do double
dump each end errlvl escape except exclude exec execute exit explain extended external extract fail false fetch
fillfactor filter first following foreign formatted freetext freetexttable freeze full function functions generated
glob goto groups holdlock identity identity_insert identitycol if ignore ilike import indexed initially inner
instead int interval isnull join key kill lambda last lateral leading left limit lineno local localtime
localtimestamp macro map match materialized merge minus more national natural no nocheck nonclustered nothing
notnull nullif nulls of off offset offsets only open opendatasource openquery openrowset openxml others outer over
overlaps partialscan partition percent pivot pivot_longer pivot_wider placing plan pragma preceding precision
preserve primary print proc procedure qualify query raise raiserror range read reads readtext reconfigure recursive
reduce references regexp reindex release replace replication restore restrict return returning revert right rollback
rollup rowcount rowguidcol rule save savepoint schema securityaudit semi session_user setuser show shutdown similar
some sort statistics summarize symmetric system_user tablesample temp temporary textsize ties timestamp top trailing
tran transaction transform true truncate try_convert tsequal unbounded uniquejoin unpivot updatetext use using
vacuum variadic varying verbose virtual waitfor when while window within without writetext
"""
# Oracle folds plain names to capitals, so there a name that it does not reserve must stay plain.  Elsewhere to quote a
# name too many does no harm.
ORACLE = frozenset(_ORACLE.split())
ANY = ORACLE | frozenset(_OTHERS.split())
