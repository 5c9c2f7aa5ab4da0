"""What lint finds: fifty plans at random without a defect, and the same fifty with it, for every code; and its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from random import Random
from string import Template

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.analysis.finding import Finding
from plan_rules.analysis.linters import lint
from plan_rules.analysis.linters.durations import Measure, lengths, number
from plan_rules.plan import Tier

ROOT = Path(__file__).parents[2]
SMALL = (ROOT / "tests/data/small_plan.yaml").read_text(encoding="utf-8")
CODES = tuple(f"LN00{digit}" for digit in range(1, 8))
SEEDS = range(50)

# --------------------------------------------------------------------------- numerals

_DIGITS = "零一二三四五六七八九"


def written(n: int) -> str:
    """A whole number from 1 to 999 in Chinese numerals."""
    hundreds, rest = divmod(n, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


@given(st.integers(1, 999))
def test_a_number_written_in_chinese_is_read_back(n: int) -> None:
    assert number(written(n)) == n


@given(
    st.integers(1, 999), st.sampled_from(("日", "天", "个工作日", "自然日", "分钟", "小时", "个小时")), st.booleans()
)
def test_a_length_of_time_is_the_same_in_either_numerals(n: int, unit: str, full_width: bool) -> None:
    arabic = "".join(chr(ord(digit) + 0xFEE0) for digit in str(n)) if full_width else str(n)
    (chinese,) = lengths(f"应在{written(n)}{unit}内办结。") or ()
    (digits,) = lengths(f"应在{arabic}{unit}内办结。") or ()

    assert (chinese.measure, chinese.amount, chinese.limit) == (digits.measure, digits.amount, digits.limit)
    assert chinese.limit
    assert chinese.amount == n * (60 if "小时" in unit else 1)


@given(st.text("一二三五十百零两半个日天小时分钟工作内第超过前后,。", max_size=12))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert all(length.amount > 0 for length in lengths(text) or ())


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("半小时", 30),
        ("半个小时", 30),
        ("一个半小时", 90),
        ("两个半小时", 150),
        ("两小时", 120),
        ("一百二十分钟", 120),
        ("三刻钟", 45),
    ],
)
def test_hours_and_halves_are_minutes(text: str, amount: int) -> None:
    assert [(length.measure, length.amount) for length in lengths(f"须在{text}内到场") or ()] == [
        (Measure.CLOCK, amount)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "一日三餐",
        "节日和生日",
        "二十四小时营业",
        "7×24小时",
        "三日后",
        "每三日一次",
        "超过三十分钟未平息的",
        "5月3日",
        "统一日常管理",
        "万一天黑",
        "某一天",
    ],
)
def test_words_with_a_time_in_them_are_no_limits(text: str) -> None:
    assert not [length for length in lengths(text) or () if length.limit]


@pytest.mark.parametrize("text", ["三个月内", "3.5小时内", "两三天内", "一百二日内"])
def test_a_time_that_cannot_be_read_for_certain_is_left_alone(text: str) -> None:
    assert lengths(text) is None


# --------------------------------------------------------------------------- plans with and without a defect

Draft = dict[str, str]
TEMPLATE = Template("""\
预案:
  编号: $plan
  名称: $place预案
  版本: "1"
  目的: $purpose

角色:
  $guard: {id: guard, 类别: person}
  $manager: {id: manager, 类别: person}
  全体人员: {id: everyone, 类别: group}
$more_roles
相对方:
  公众: {id: public}
$more_parties
责任组:
  负责人: [{任一: [$guard, $manager], 按解释: {R1: $group_under}}]

别名:
  - {编号: $guard, 同于: 全体人员, 按解释: {R3: $alias_under}}

等级:
  一般: {id: tier_1, 级: 1}
  严重: {id: tier_2, 级: 2}

原则:
  先救人: {id: people_first}
$more_principles
事实:
  发生$place: {id: happened, 类型: 是否, 默认: 否$question}
  事态严重: {id: serious, 类型: 是否, 默认: 否, 提问: 事态是否严重?}
  发生时间: {id: happened_at, 类型: 时刻, 提问: 何时发生的?}
  动作已完成: {id: done, 类型: 是否, 默认: 否, 提问: 做完了没有?}
$more_facts
动作:
  处置$place: {id: handle}
  报告$place: {id: report}
  隐瞒$place: {id: conceal}
  告知公众: {id: inform}
  现场答复: {id: answer}
  核对相应记录: {id: verify}
$more_actions
情形:
  正在发生: {发生$place: 是}
$more_situations
解释:
  R1:
    题: 由谁负责
    涉及: [一.b]
    选项: {A: 照原文, B: 另有安排}
    采用: A
    决定: 安保部
  R2:
    题: 一般应是否可推翻
    涉及: [一.f]
    选项: {A: {内容: 可以, 效力: 可推翻}$other_option}
    采用: A
    决定: $decided_by
  R3:
    题: 全体是否就是一人
    涉及: [一.c]
    选项: {A: 是, B: 否}
    采用: A
    决定: 安保部
$more_readings
正文:
- 章节: 一
  标题: $place处置
  条款:
  - 编号: 一.a
    原文: 一般$place和严重$place，相应定级，应急人员二十四小时营业，一日三餐自备。
    当: {任一: [{事态严重: 是}, {事态严重: 否}]}
    定为: 一般
  - 编号: 一.a2
    原文: 事态严重的。
    当: {事态严重: 是}
    定为: 严重
  - 编号: 一.b
    原文: $guard应在$place发生后$said办理。
    当: 正在发生
    应当: {做: 处置$place, 责任: 负责人$limit}
  - 编号: 一.c
    原文: 任何人$forbids$place。
    $must_not: {做: 隐瞒$place, 责任: [全体人员, $manager], 除外: [$excepted], 替代: [报告$place]}
  - 编号: 一.d
    原文: $manager应$at_once报告$place。
    当: 正在发生
    $must: {做: 报告$place, 责任: $manager$at_once_limit, 完成: 动作已完成}
  - 编号: 一.e
    原文: $guard要$soon告知公众。
    当: 正在发生
    应当: {做: 告知公众, 责任: $guard, 对象: 公众$soon_limit}
  - 编号: 一.f
    原文: $softly由$manager作现场答复。
    当: 正在发生
    应当: {做: 现场答复, 责任: $manager$defeasible}
  - 编号: 一.g
    原文: 一时不能查清的，按$feedback核对相应记录。
    当: 正在发生
    应当: {做: 核对相应记录, 责任: 全体人员}
  - 编号: 一.h
    原文: 救人第一。
    所立原则: 先救人
    统领: [一.b]

提示:
  - {编号: 提示-一, 当: {正在发生: 是, 发生时间: 有}, 内容: 注意安全, 来源: $origin, 涉及: [一.b]}
""")


def timed(random: Random) -> tuple[str, str]:
    """A length of time as a text words it, and the limit that is the same."""
    n = random.randint(1, 400)
    number_ = random.choice((written(n), str(n), "".join(chr(ord(digit) + 0xFEE0) for digit in str(n))))
    said, limit = random.choice(
        (
            (f"{number_}日", f"{n}{random.choice(('自然日', '工作日'))}"),
            (f"{number_}天", f"{n}{random.choice(('自然日', '工作日'))}"),
            (f"{number_}个工作日", f"{n}工作日"),
            (f"{number_}分钟", f"{n}分钟"),
            (f"{number_}小时", random.choice((f"{n}小时", f"{60 * n}分钟"))),
            ("半小时", "30分钟"),
            ("两小时", "120分钟"),
            ("一个半小时", "90分钟"),
        )
    )
    return f"{said}内", f", 时限: {limit}(原文的时间), 起算: 发生时间"


def draft(random: Random) -> Draft:
    """A plan without a defect."""
    said, limit = timed(random)
    guard, manager = random.sample(("值班员", "保安", "大堂经理", "网点负责人", "经理", "组长"), 2)
    at_once, soon = random.choice(("立即", "马上")), random.choice(("及时", "及时向现场"))
    return {
        "plan": f"drill_{random.randint(1, 999)}",
        "place": random.choice(("火情", "停电", "漏水", "拥堵", "投诉")),
        "purpose": random.choice(("保障安全", "维护秩序; 保护人员", "迅速反应")),
        "guard": guard,
        "manager": manager,
        "said": said,
        "limit": limit,
        "forbids": random.choice(("不得隐瞒", "禁止隐瞒", "严禁隐瞒", "不准隐瞒", "不要隐瞒", "不应隐瞒", "不能隐瞒")),
        "must_not": "不得",
        "must": "应当",
        "excepted": "",
        "at_once": at_once,
        "at_once_limit": random.choice((", 时限: 立即", ", 时限: 立即(同时)")),
        "soon": soon,
        "soon_limit": ", 时限: 及时",
        "softly": random.choice(("一般应", "原则上应", "应尽量", "一般")),
        "defeasible": random.choice((", 可推翻: 是", ", 可推翻: R2")),
        "feedback": random.choice(("反应情况", "应对办法", "响应级别", "主要情况", "重要程度", "需要")),
        "question": random.choice((", 提问: 现在发生了没有?", ", 提问: 是否真的发生了?, 加重: 递增")),
        "decided_by": random.choice(("合规部", "安保部、合规部")),
        "other_option": ", B: {内容: 不可以, 效力: 不可推翻}",
        "origin": random.choice(("推定", "安保部")),
        "group_under": "A",
        "alias_under": "B",
    } | dict.fromkeys(
        (f"more_{name}" for name in ("roles", "parties", "principles", "facts", "actions", "situations", "readings")),
        "",
    )


def plan_of(parts: Draft) -> pr.Plan:
    """The plan that a draft says; every reading of it is used."""
    text = TEMPLATE.substitute(parts)
    if "R2" not in parts["defeasible"]:  # then the reading is used elsewhere
        text = text.replace("完成: 动作已完成}", "完成: 动作已完成, 按解释: {R2: A}}")
    return pr.loads(text)


Defect = Callable[[Random, Draft], str]  # changes the draft, gives the subject


def time_lost_or_changed(random: Random, parts: Draft) -> str:
    n = random.randint(401, 900)
    change = random.choice(
        (
            {"limit": f", 时限: {n}{random.choice(('自然日', '工作日', '分钟'))}, 起算: 发生时间"},
            {"limit": ""},
            {"limit": ", 时限: 持续"},
            {"said": ""},
            {"said": "二十四小时值班，"},
            {"said": f"{written(n)}天内"},
            {"said": "5个工作日内", "limit": ", 时限: 5自然日, 起算: 发生时间"},
            {"said": "三日内", "limit": ", 时限: 72小时, 起算: 发生时间"},
            {"said": "三日内、至迟五日内"},
        )
    )
    parts.update(change)
    return "一.b"


def modality_changed(random: Random, parts: Draft) -> str:
    if random.random() < 0.5:
        parts["must_not"] = random.choice(("应当", "可以"))
        return "一.c"
    parts["must"], parts["at_once_limit"] = "不得", ", 时限: 立即"
    return "一.d"


def urgency_changed(random: Random, parts: Draft) -> str:
    change, subject = random.choice(
        (
            ({"at_once_limit": ""}, "一.d"),
            ({"at_once_limit": ", 时限: 及时"}, "一.d"),
            ({"at_once": ""}, "一.d"),
            ({"at_once": "不断"}, "一.d"),
            ({"soon_limit": ""}, "一.e"),
            ({"soon_limit": ", 时限: 持续"}, "一.e"),
            ({"soon": "向现场"}, "一.e"),
        )
    )
    parts.update(change)
    return subject


def firmness_changed(random: Random, parts: Draft) -> str:
    parts.update(
        random.choice(
            ({"defeasible": ""}, {"defeasible": ", 可推翻: 否"}, {"softly": random.choice(("应", "一般客户投诉应"))})
        )
    )
    return "一.f"


def metadata_lost(random: Random, parts: Draft) -> str:
    change, subject = random.choice(
        (
            ({"purpose": "''"}, parts["plan"]),
            ({"question": ""}, "happened"),
            ({"decided_by": "''"}, "R2"),
            ({"other_option": ""}, "R2"),
            ({"origin": "''"}, "提示-一"),
        )
    )
    parts.update(change)
    return subject


def something_unused(random: Random, parts: Draft) -> str:
    sort, declaration, subject = random.choice(
        (
            ("roles", "  司机: {id: driver, 类别: person}\n", "driver"),
            ("parties", "  媒体: {id: press}\n", "press"),
            ("principles", "  按章办: {id: by_rules}\n", "by_rules"),
            ("facts", "  有雨: {id: rain, 类型: 是否, 默认: 否, 提问: 下雨没有?}\n", "rain"),
            ("actions", "  敲锣: {id: gong}\n", "gong"),
            ("situations", "  很严重: {事态严重: 是}\n", "很严重"),
            (
                "readings",
                "  R9:\n    题: 无\n    涉及: [一.a]\n    选项: {A: 甲, B: 乙}\n    采用: A\n    决定: 安保部\n",
                "R9",
            ),
        )
    )
    parts[f"more_{sort}"] = declaration
    return subject


def nobody_bound(random: Random, parts: Draft) -> str:
    change, subject = random.choice(
        (
            ({"excepted": f"全体人员, {parts['manager']}"}, "一.c"),
            ({"excepted": f"{parts['manager']}, {parts['guard']}", "alias_under": "A"}, "一.c"),
            ({"group_under": "B"}, "一.b"),
        )
    )
    parts.update(change)
    return subject


DEFECTS: dict[str, Defect] = {
    "LN001": time_lost_or_changed,
    "LN002": modality_changed,
    "LN003": urgency_changed,
    "LN004": firmness_changed,
    "LN005": metadata_lost,
    "LN006": something_unused,
    "LN007": nobody_bound,
}


@lru_cache
def without(seed: int) -> tuple[Finding, ...]:
    """What is found in a plan without a defect."""
    return lint(plan_of(draft(Random(seed))))


def seeded(code: str, seed: int) -> tuple[tuple[Finding, ...], str]:
    """What is found in the same plan with a defect of this code, and what the defect is about."""
    parts = draft(Random(seed))
    subject = DEFECTS[code](Random(f"{code}-{seed}"), parts)
    return lint(plan_of(parts)), subject


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_found_in_a_plan_without_a_defect(seed: int) -> None:
    assert [str(finding.diagnostic.message.zh) for finding in without(seed)] == []


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_seeded_defect_is_found_where_it_is(code: str, seed: int) -> None:
    found, subject = seeded(code, seed)

    assert {(finding.code, finding.subject) for finding in found} == {(code, subject)}


@pytest.mark.parametrize("code", CODES)
def test_every_finding_says_where_and_what_to_write_in_both_languages(code: str) -> None:
    for seed in SEEDS:
        found, _ = seeded(code, seed)
        for finding in found:
            diagnostic = finding.diagnostic
            assert diagnostic.help is not None
            assert all((diagnostic.message.zh, diagnostic.message.en, diagnostic.help.zh, diagnostic.help.en))
            assert diagnostic.span is not None or finding.subject == "press"  # a party has no place of its own
            assert finding.witness is None
            assert finding.accepted is None
        assert all(one.diagnostic.sort_key() <= other.diagnostic.sort_key() for one, other in pairwise(found))


# --------------------------------------------------------------------------- told one by one


def found_in(old: str, new: str, code: str) -> list[Finding]:
    """What a change to the small plan adds of one code."""
    assert old in SMALL
    before = {finding.diagnostic.message.zh for finding in lint(pr.loads(SMALL)) if finding.code == code}
    changed = lint(pr.loads(SMALL.replace(old, new, 1)))
    return [each for each in changed if each.code == code and each.diagnostic.message.zh not in before]


def test_three_days_in_the_text_and_five_in_the_rule_are_reported() -> None:
    changed = SMALL.replace("经理应在十分钟内拨打119", "经理应在三日内拨打119").replace("时限: 10分钟", "时限: 5自然日")
    (found,) = [finding for finding in lint(pr.loads(changed)) if finding.code == "LN001"]

    assert found.subject == "一.b"
    assert "“三日”" in found.diagnostic.message.zh
    assert "“5自然日”" in found.diagnostic.message.zh
    assert found.diagnostic.help is not None
    assert "3自然日" in found.diagnostic.help.zh


@pytest.mark.parametrize("said", ["３日", "三天", "3个自然日", "三自然日", "三个工作日"])
def test_the_same_days_in_other_words_are_not_reported(said: str) -> None:
    limit = "3工作日" if "工作" in said else "3自然日"
    changed = SMALL.replace("十分钟", said).replace("时限: 10分钟", f"时限: {limit}")

    assert not [finding for finding in lint(pr.loads(changed)) if finding.code == "LN001"]


def test_sixty_minutes_are_an_hour() -> None:
    changed = SMALL.replace("十分钟", "一小时").replace("时限: 10分钟", "时限: 60分钟")

    assert not [finding for finding in lint(pr.loads(changed)) if finding.code == "LN001"]


def test_a_clause_of_two_times_and_two_norms_is_sound() -> None:
    changed = SMALL.replace("十分钟内拨打119", "十分钟内拨打119、半小时内疏散人员").replace(
        "责任: 经理, 可推翻: R1,", "责任: 经理, 时限: 30分钟, 起算: 发现时间, 可推翻: R1,"
    )
    assert not [finding for finding in lint(pr.loads(changed)) if finding.code == "LN001"]


def test_the_limit_that_no_norm_takes_is_named() -> None:
    (found,) = found_in("十分钟内拨打119", "十分钟内拨打119、半小时内疏散人员", "LN001")

    assert "“半小时”" in found.diagnostic.message.zh


def test_an_inferred_prohibition_is_excused() -> None:
    old = "应当: {做: 查看现场, 责任: 值班员, 时限: 立即, 次序: F-1}"

    assert found_in(old, old.replace("应当", "不得"), "LN002")
    assert not found_in(old, old.replace("应当", "不得").replace("次序: F-1", "推断: [不得]"), "LN002")


@pytest.mark.parametrize("text", ["应避免乱跑", "应急人员到场", "相应处理", "反应迅速", "按主要程序走"])
def test_words_that_hold_a_modal_are_none(text: str) -> None:
    changed = SMALL.replace("发现火情的，值班员应立即查看现场。", f"'{text}，立即'").replace(
        "应当: {做: 查看现场", "不得: {做: 查看现场"
    )

    assert not [each for each in lint(pr.loads(changed)) if each.code == "LN002" and each.subject == "一.a"]


@pytest.mark.parametrize(
    "text",
    ["一时不能化解的，应立即上报", "如不能到场，应立即上报", "核对不准确的，应立即上报", "不得不停业的，应立即上报"],
)
def test_words_that_tell_of_a_case_forbid_nothing(text: str) -> None:
    assert not found_in("发现火情的，值班员应立即查看现场。", text, "LN002")


def test_a_general_customer_is_no_softening() -> None:
    assert not found_in("值班员应立即", "对一般客户，值班员应立即", "LN004")
    assert found_in("值班员应立即", "值班员一般应立即", "LN004")


def test_a_tier_that_no_clause_assigns_is_unused() -> None:
    plan = pr.loads(SMALL)
    spare = Tier("tier_9", "特别严重", 9, plan.tiers["tier_2"].span)

    assert "tier_9" in {finding.subject for finding in lint(replace(plan, tiers={**plan.tiers, "tier_9": spare}))}


def test_what_only_an_unused_situation_names_is_unused() -> None:
    found = {finding.subject for finding in found_in("  人多: {", "  烧光: {扑灭之日: 有}\n  人多: {", "LN006")}

    assert found == {"烧光"}
    assert "put_out_on" in {finding.subject for finding in lint(pr.loads(SMALL)) if finding.code == "LN006"}


def test_an_invariant_uses_what_it_names() -> None:
    (unused,) = found_in("  使用电梯: {id: use_lift}", "  使用电梯: {id: use_lift}\n  敲锣: {id: gong}", "LN006")
    assert unused.subject == "gong"
    line = "红线:\n- {编号: H1, 名称: 敲锣, 若: 人多, 则: {应当: [敲锣]}}\n\n正文:"
    changed = SMALL.replace("  使用电梯: {id: use_lift}", "  使用电梯: {id: use_lift}\n  敲锣: {id: gong}").replace(
        "正文:", line
    )

    assert "gong" not in {finding.subject for finding in lint(pr.loads(changed))}


def test_a_norm_of_a_reading_not_chosen_may_bind_nobody() -> None:
    old = "不得: {做: 使用电梯, 责任: [值班员, 经理]}"
    nobody = old.replace("]}", "], 除外: [值班员, 经理]}")

    assert [finding.subject for finding in found_in(old, nobody, "LN007")] == ["一.b"]
    assert not found_in(old, nobody.replace("除外", "按解释: {R1: B}, 除外"), "LN007")


def test_the_plan_that_comes_with_the_library_differs_nowhere_from_its_text() -> None:
    assert [finding.diagnostic.message.zh for finding in lint(pr.load()) if finding.code != "LN006"] == []


@pytest.mark.parametrize("code", CODES)
def test_the_page_of_a_code_shows_what_is_wrong_and_what_is_right(code: str) -> None:
    page = (ROOT / f"docs/reference/diagnostics/{code}.md").read_text(encoding="utf-8")
    wrong, right = (block.split("\n```")[0] for block in page.split("```yaml\n")[1:])

    assert found_in(right, wrong, code)
