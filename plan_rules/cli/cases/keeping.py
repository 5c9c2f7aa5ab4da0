"""`plan-rules case personal`, `erase-due`, `new-key`, `rewrap` and `migrate`: personal data, keys, the store itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from plan_rules.cases.store.database import Database
from plan_rules.cases.store.failures import StoreOutdated
from plan_rules.cases.vault import new_key_file
from plan_rules.cli import output
from plan_rules.cli.cases.asked import Asked
from plan_rules.cli.cases.desk import file_missing, opened, recorder, url_of
from plan_rules.cli.cases.naming import item_id, role_id
from plan_rules.cli.stop import BAD_INPUT, OK, Stop, as_json
from plan_rules.display_width import visible
from plan_rules.errors import Message
from plan_rules.instants import written


def personal(asked: Asked, case: str, role: str, reason: str, item: Sequence[str] | None) -> int:
    """Read personal data; that it was asked for is recorded, granted or not."""
    by = recorder(asked)
    with opened(asked) as cases:
        plan = cases.load(case).plan
        items = [item_id(plan, name) for name in item] if item else None
        found = cases.personal.read(case, role=role_id(plan, role), by=by, reason=reason, items=items)
    if asked.as_json:
        rows = [{"item": each.item, "recorded_at": written(each.recorded_at), "words": each.words} for each in found]
        output.say([as_json({"case": case, "personal": rows})])
        return OK
    for each in found:
        words = each.words if each.words is not None else asked("(已清除)", "(erased)")
        label = asked(each.label, each.item)
        output.say([visible(f"{written(each.recorded_at)} | {label} | {' '.join(words.split())}")])
    if not found:
        output.say([asked("没有登记个人信息", "no personal data were recorded")])
    return OK


def erase_due(asked: Asked, reason: str) -> int:
    """Erase what is kept no longer, case by case."""
    by = recorder(asked)
    with opened(asked) as cases:
        over = cases.personal.ran_out(cases.now())
        for each in over:
            cases.erase(each.case, each.items, reason=reason, by=by)
    if asked.as_json:
        output.say([as_json({"erased": [{"case": each.case, "items": list(each.items)} for each in over]})])
        return OK
    for each in over:
        output.say([f"{each.case} | {', '.join(each.items)}"])
    if not over:
        output.say([asked("没有到期的个人信息", "nothing is kept too long")])
    return OK


def new_key(asked: Asked, file: str) -> int:
    """Write a key file where none is."""
    try:
        keyring = new_key_file(Path(file))
    except (OSError, ValueError) as failure:
        why = getattr(failure, "strerror", None) or str(failure)
        if isinstance(failure, FileExistsError):
            message = Message(f"{file} 已经有了, 不覆盖", f"{file} is there already; it is not overwritten")
        else:
            message = Message(f"写不了 {file}: {why}", f"cannot write {file}: {why}")
        raise Stop(BAD_INPUT, "key_refused", message) from failure
    if asked.as_json:
        output.say([as_json({"file": file, "key": keyring.current})])
    else:
        output.say(
            [
                asked(
                    f"写好了 {file}(密钥 {keyring.current}); 另存一份, 丢了就再也看不到个人信息",
                    f"wrote {file} (key {keyring.current}); keep a copy: without it, personal data cannot be read",
                )
            ]
        )
    return OK


def rewrap(asked: Asked) -> int:
    """Wrap the keys of all data under the newest key."""
    with opened(asked) as cases:
        count = cases.personal.rewrap()
    said = asked(f"{count} 条个人信息改用最新的密钥", f"{count} put under the newest key")
    output.say([as_json({"rewrapped": count}) if asked.as_json else said])
    return OK


def migrate(asked: Asked) -> int:
    """Make the store, or bring it to the newest form."""
    url = url_of(asked)
    made = file_missing(url) is not None
    changed = made
    with closing(Database(url)) as database:
        try:
            database.prepare()
        except StoreOutdated:
            database.migrate()
            changed = True
    if asked.as_json:
        output.say([as_json({"made": made, "changed": changed})])
    elif made:
        output.say([asked("新建了案件库", "made a new store")])
    else:
        output.say(
            [asked("案件库已升级", "the store was brought up to date") if changed else asked("不用升级", "up to date")]
        )
    return OK
