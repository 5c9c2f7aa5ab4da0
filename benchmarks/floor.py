"""A wide fact of the shipped plan -> the clauses that fire, written by hand: the floor engines are measured against.

This is what a careful engineer would write instead of a rule engine: the conditions of `rules/plan.yaml` under its
chosen readings as nested ifs, each fact read once and only where it matters.  It is fast, and it is everything the
plan file is not: nobody can check it against the source text, and every amendment is a programmer's.
"""

from __future__ import annotations

from collections.abc import Mapping

# fmt: off
RECEIVED = (
    "前言.b", "二.1.a", "二.1.b", "二.2.a", "二.2.b", "二.3.a", "二.3.b", "二.4.a", "二.4.b", "四.1.a",
)
NO_GROUP = ("一.1.b", "一.2.a", "一.2.b", "一.2.c", "一.2.d", "一.2.e")
TIER_1 = ("三.1.g", "三.1.h", "三.1.i", "三.1.j", "三.1.s", "三.1.t")
TIER_2 = ("三.2.b", "三.2.c", "三.2.d", "三.2.e", "三.2.f", "三.2.k", "三.2.l", "三.2.m")
TIER_3 = ("三.3.c", "三.3.d", "三.3.e", "三.3.f", "三.3.g", "三.3.h", "三.3.k", "三.3.l", "四.3.i")
ON_SITE = ("lobby", "counter", "reception_room", "outside")
# fmt: on


def fires(facts: Mapping[str, bool | int | str]) -> frozenset[str]:  # noqa: C901  as such code is
    """The clauses and notices that fire."""
    get = facts.get
    fired = ["前言.a"]
    level = get("aggression_level")
    group = get("leading_group_established")
    if group is False:
        fired += NO_GROUP
        fired.append("一.1.a")
    received = get("complaint_received")
    if received:
        fired += RECEIVED
        disrupted = get("order_disrupted")
        if level == "serious":
            fired += ("三.3.a", "四.3.j")
        elif level is not None:
            if disrupted:
                fired.append("三.2.a")
            elif disrupted is False:
                fired.append("三.1.a")
        if get("staff_assaulted") or get("premises_attacked"):
            fired.append("三.3.b")
        resolved = get("incident_resolved_on")
        if resolved is False:
            fired.append("一.2.f")
            if level == "serious":
                _tier_3(fired, get("police_arrived"))
                if group is not False:
                    fired.append("一.1.a")
            elif level is not None:
                if level == "minor":
                    fired.append("三.1.p")
                if disrupted:
                    _tier_2(fired, facts)
                elif disrupted is False:
                    _tier_1(fired, facts)
                    if group is not False:
                        fired.append("一.1.a")
            _open_complaint(fired, facts, disrupted)
        elif resolved and (level == "serious" or get("peak_tier") == "tier_3_serious_aggression"):
            fired += ("四.7.a", "四.7.b")
        if get("aggression_caused_by_mishandling"):
            fired += ("四.1.b", "四.1.c", "提示-追责分档")
        if get("media_present"):
            fired += ("四.4.f", "四.4.g", "四.4.h", "四.4.i", "四.4.j")
        if get("compensation_involved"):
            fired += ("四.5.b", "四.5.c")
            if get("bank_at_fault") and get("mediator_available"):
                fired.append("四.5.a")
    else:
        if received is False:
            fired += ("四.6.a", "结语.a", "结语.d", "结语.e", "结语.f")
        if get("aggression_caused_by_mishandling"):
            fired.append("提示-追责分档")
    _standing(fired, facts)
    return frozenset(fired)


def _tier_1(fired: list[str], facts: Mapping[str, bool | int | str]) -> None:
    get = facts.get
    fired += TIER_1
    if get("complaint_location") in ON_SITE:
        fired += ("三.1.b", "三.1.c", "三.1.d", "三.1.f")
        declined = get("reception_room_declined")
        if declined:
            fired.append("提示-另选场所")
        elif declined is False and get("customer_in_reception_room") is False:
            fired.append("三.1.e")
    if get("opinion_valid") and get("resolvable_now"):
        fired.append("三.1.k")
    if get("exceeds_authority"):
        fired.append("三.1.l")
    if get("demand_conflicts_with_rules"):
        fired += ("三.1.m", "三.1.n", "三.1.o")
    if get("not_defused_at_once"):
        fired += ("三.1.q", "三.1.r")


def _tier_2(fired: list[str], facts: Mapping[str, bool | int | str]) -> None:
    get = facts.get
    fired += TIER_2
    if get("customer_in_reception_room") is False and get("reception_room_declined") is False:
        fired.append("三.2.g")
    if get("counter_disturbance_continues"):
        fired.append("三.2.h")
    notified = get("exec_notified_at")
    if notified:
        fired += ("三.2.i", "三.2.j")
    elif notified is False and get("reported_to_ga_or_po_at"):
        fired.append("提示-转告分管领导")


def _tier_3(fired: list[str], police_arrived: object) -> None:
    fired += TIER_3
    if police_arrived is False:
        fired += ("三.3.i", "三.3.j")
    elif police_arrived:
        fired.append("提示-配合警方")


def _open_complaint(fired: list[str], facts: Mapping[str, bool | int | str], disrupted: object) -> None:
    get = facts.get
    if get("public_figure"):
        fired += ("四.3.a", "四.3.b", "四.3.c", "四.3.h")
        if get("bank_responsible"):
            fired.append("四.3.d")
        if get("customer_misunderstanding"):
            fired += ("四.3.e", "四.3.f", "四.3.g")
    if get("explanation_needed"):
        fired += ("四.4.a", "四.4.b", "四.4.c", "四.4.d")
    elif get("written_reply_requested"):
        fired.append("四.4.d")
    if get("rule_text_requested"):
        fired.append("四.4.e")
        public = get("rule_text_public")
        if public:
            fired.append("四.4.e#1")
        elif public is False:
            fired.append("四.4.e#0")
    if get("group_complaint"):
        fired += ("四.6.b", "四.6.c")
    if disrupted is False and get("crowd_gathered"):
        fired.append("提示-复核秩序")


def _standing(fired: list[str], facts: Mapping[str, bool | int | str]) -> None:
    get = facts.get
    a_and_b = get("ab_roles_designated")
    liaison = get("liaison_system_in_place")
    if a_and_b is False:
        fired += ("四.2.a", "四.2.c")
    if liaison is False:
        fired += ("四.2.b", "四.2.c")
    if get("training_overdue"):
        fired += ("结语.b", "结语.c")
