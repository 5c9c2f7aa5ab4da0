"""Plan -> the list of personal data (个人信息处理清单): what is held of whom, why, who may read it, how long."""

from __future__ import annotations

from plan_rules.documents.content import Document, Origin, Paragraph, Signatures, Text, cell, stamp, table
from plan_rules.plan import Plan
from plan_rules.wording import Wording


def personal(plan: Plan) -> Document:
    """Personal data that a case may hold, and the facts that are left out of what is exported."""
    tongue = Wording(plan, "zh")
    items = table(
        "个人信息",
        (("种类", 16), ("目的", 18), ("依据", 20), ("可看的人", 26), ("保存", 20)),
        (
            (
                cell(Text(item.label, strong=True)),
                cell(Text(item.purpose, Origin.PARAMETER)),
                cell(Text(item.basis, Origin.PARAMETER)),
                cell(Text(tongue.roles(item.readers), Origin.PARAMETER)),
                cell(Text(f"处理完或结案后 {item.keep_days} 日, 然后清除", Origin.PARAMETER)),
            )
            for item in plan.case.personal.values()
        ),
    )
    facts = table(
        "敏感的事实",
        (("事实", 30), ("说明", 35), ("怎样处理", 35)),
        (
            (
                cell(Text(fact.label, strong=True)),
                fact.note,
                cell(Text("不进导出、三日报告和登记簿的说明", Origin.PARAMETER)),
            )
            for fact in plan.facts.values()
            if fact.sensitive
        ),
    )
    log = table(
        "查看与清除登记(手工填写)",
        (("日期", 14), ("案件", 18), ("种类", 18), ("谁看、谁清除", 18), ("理由", 32)),
        tuple(((), (), (), (), ()) for _ in range(8)),
    )
    note = Paragraph(Text("每次查看都留痕; 本清单不含任何人的信息。", Origin.TEMPLATE))
    signed = Signatures(("编制", "合规审核", "批准"))
    return Document("personal", "个人信息处理清单", stamp(plan), (note, items, facts, log, signed))
