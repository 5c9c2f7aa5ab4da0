"""(Plan, language) -> the words for its ids: who must act, to whom, by when, and the values of facts."""

from __future__ import annotations

from collections.abc import Iterable

from plan_rules.decision import Bearer, Due
from plan_rules.plan import Plan


class Wording:
    """Words in one language, and the plan's labels for its ids."""

    def __init__(self, plan: Plan, lang: str) -> None:
        self.plan = plan
        self.lang = lang

    def __call__(self, zh: str, en: str) -> str:
        """The one that is spoken."""
        return en if self.lang == "en" else zh

    def role(self, id_: str) -> str:
        """A role or other party by its name."""
        role = self.plan.roles.get(id_)
        if role is None:
            return self.plan.parties.get(id_, id_)
        return role.label + (self("({})", " ({})").format(role.organisation) if role.organisation else "")

    def roles(self, ids: Iterable[str], joint: tuple[str, str] = ("、", ", ")) -> str:
        """Roles in a row."""
        return self(*joint).join(self.role(id_) for id_ in ids)

    def action(self, id_: str) -> str:
        """An action by its name."""
        action = self.plan.actions.get(id_)
        return action.label if action else id_

    def form(self, id_: str | None) -> str:
        """A form by its name; empty for none."""
        form = self.plan.forms.get(id_ or "")
        return form.label if form else id_ or ""


def who(bearers: Iterable[Bearer], tongue: Wording) -> str:
    """Who must act, exactly: every group, any of it or the first who is there; proxies, stand-ins, exceptions."""
    return "; ".join(dict.fromkeys(_bearer(bearer, tongue) for bearer in bearers))


def _bearer(bearer: Bearer, tongue: Wording) -> str:
    groups = []
    for group in bearer.groups:
        if group.choice == "first_available" and len(group.roles) > 1:
            first, *rest = group.roles
            absent = tongue.roles(rest, (", 再不在时", ", then "))
            groups.append(tongue.role(first) + tongue(f"(不在时{absent})", f" (in absence {absent})"))
        else:
            first_contact = group.choice == "first_contact" and len(group.roles) > 1
            note = tongue("(谁先接到谁负责)", " (whoever received it first)") if first_contact else ""
            groups.append(tongue("或", " or ").join(_member(role, tongue) for role in group.roles) + note)
    text = tongue("和", " and ").join(groups)
    notes = [
        (bearer.through, tongue("可由{}代办", "through {}")),
        (bearer.deputies, tongue("顶岗: {}", "stand-in: {}")),
        (bearer.excepted, tongue("{}除外", "except {}")),
    ]
    text += "".join(f" ({form.format(tongue.roles(roles))})" for roles, form in notes if roles)
    text += f" ({tongue('向', 'to ')}{to_whom(bearer.recipient, tongue)})" if bearer.recipient else ""
    return text + (f" ({tongue('时限', 'within')} {by_when(bearer.deadline, tongue)})" if bearer.deadline else "")


def _member(id_: str, tongue: Wording) -> str:
    """A role; of a working group, its leader and members too."""
    role = tongue.plan.roles.get(id_)
    parts = []
    if role and role.leader:
        parts.append(tongue("组长 ", "leader ") + tongue.role(role.leader))
    if role and role.members:
        parts.append(tongue("成员 ", "members ") + tongue.roles(role.members))
    return tongue.role(id_) + (tongue("(", " (") + "; ".join(parts) + ")" if parts else "")


def to_whom(recipient: str | None, tongue: Wording) -> str:
    """The recipient in words; empty when there is none."""
    if not recipient:
        return ""
    if "|" in recipient:
        return tongue.roles(recipient.split("|"), ("或", " or "))
    return tongue.roles(recipient.split(","))


def by_when(due: Due | None, tongue: Wording) -> str:
    """The time limit in the plan's words, and the last day or minute once it is known."""
    if due is None:
        return ""
    return due.text + (tongue(f" (截止 {due.due})", f" (due {due.due})") if due.due else "")


def value_text(fact_id: str, value: object, plan: Plan, lang: str = "zh") -> str:
    """A fact's value in words."""
    zh = lang == "zh"
    if value is True:
        return "是" if zh else "true"
    if value is False:
        return "否" if zh else "false"
    if value is None:
        return "尚未发生" if zh else "not yet"
    if value == "unknown":
        return "未知" if zh else "unknown"
    fact = plan.facts.get(fact_id)
    labels = {known.id: known.label for known in fact.values} if fact and zh else {}
    return labels.get(str(value), fact.measured(str(value)) if fact else str(value))
