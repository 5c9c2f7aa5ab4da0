"""Characters -> those that are typed for them: alike to the ear (an input method offers them), alike to the eye."""

from __future__ import annotations

_SOUNDS = (
    "报抱爆 警景竞 网往旺 点店电 责则择 任认人 时实事 限现线 象像向 立利例 即及既 部步布 处触除 理里力 行型形 领岭 导到道 "
    "经京精 负附付 组祖阻 长掌涨 综宗棕 合和核 管官馆 办半伴 公工功 室试市 保宝堡 安案按 全权泉 角脚 色瑟 等灯登 级集急 "
    "动洞冻 作做坐 应因英 当挡档 得德的 可克刻 以已意 定订丁 为位未 原园员 文闻稳 编边遍 号浩耗 名明鸣 称程成 类累泪 型行形 "
    "默墨莫 值直职 提题踢 问文稳 取曲去 加家佳 重众种 递地第 增赠憎 是事市 否佛 未为位 知只之 轻青清 严言盐 一已以 二而儿 三伞 "
    "客克课 户护互 投头透 诉素速 急级集 情请晴 形型行 章张掌 节结杰 条调跳 款宽 次刺此 序续绪 完玩丸 成程城 违为围 反返犯 "
    "替提题 代带待 采彩踩 用佣 决绝觉 涉设射 解姐接 释是示 推腿退 若弱 则责择 红洪虹 起启气 算蒜酸 对队兑 做作坐 "
    "医一衣 务物悟 科课克 院愿远 主住注 护户互 士事市 值直职 班般搬 员圆原 项向像 业夜叶 物务雾 维围唯 修休秀 厅听停 营迎盈 "
    "接街揭 待带代 记计际 登灯等 查察茶 疏书输 散伞 门们闷 电店点 梯踢题 困捆 火伙 情请清 拨波播 患换焕 方房防 病并 死四 "
    "发法罚 件建健 收手首 到道导 确却 认任人 秩制至 现线限 场厂常 尽进近 劝全圈 解姐界 阻组祖 赶感敢 沉陈晨 冷愣 静竟净 "
    "分纷芬 机基鸡 关观官 危威微 媒煤梅 体题提 记计继 者这着 采踩彩 访仿放 谢泄卸 绝决觉 回会汇 避闭必 表标彪 态太泰"
)
_LOOKS = (
    "责贵 即郎 报服 员贠 大太 部陪 经轻 网冈 长张 人入 未末 己已 日曰 土士 干千 事亊 客容 投役 诉诈 处外 理埋 领颂 导异 "
    "综踪 合台 管菅 办为 保堡 安案 角甬 色包 等第 级极 动劝 作昨 应庆 当挡 得待 可司 以似 定走 原愿 文丈 编偏 号亏 名各 称你 "
    "类娄 默黔 值植 提堤 问间 取耻 加如 重量 递弟 增憎 是昰 否杏 知如 轻经 严亚 现规 场杨 户尸 急总 情倩 章意 节芳 条杂 款欸 "
    "次决 序库 完宗 成戌 违韦 反皮 替赞 代伐 采釆 决快 涉陟 解懈 推堆 若苦 则侧 红虹 起赶 算箅 对时 做故 时对 限很 象像 立位 "
    "医匠 务劣 科料 院皖 主王 护扩 班斑 业亚 物坳 维推 修倏 厅斤 营莹 接按 待侍 记纪 登凳 查杳 疏流 门闩 电甩 困因 火灭 患串 "
    "方万 病疾 收牧 到倒 确碓 秩秋 尽昼 阻陧 赶赵 沉沈 分兮 机杌 关夫 危厄 媒煤 体休 者著 访仿 谢榭 绝艳 回回 避壁 表裱 态恋"
)


def _table(groups: str) -> dict[str, str]:
    """Each first character of a group, with the others of it."""
    found: dict[str, str] = {}
    for group in groups.split():
        others = "".join(character for character in group[1:] if character != group[0])
        if others:
            found.setdefault(group[0], others)
    return found


SOUNDS_LIKE = _table(_SOUNDS)
LOOKS_LIKE = _table(_LOOKS)


def misspelt(word: str, table: dict[str, str]) -> list[str]:
    """The word with one character replaced, each way there is."""
    return [
        word[:index] + other + word[index + 1 :]
        for index, character in enumerate(word)
        for other in table.get(character, "")
    ]


def mistyped(word: str) -> list[str]:
    """The word with a character left out, doubled, or two of them swapped; of three characters and more."""
    if len(word) < 3:
        return []
    dropped = [word[:index] + word[index + 1 :] for index in range(len(word))]
    doubled = [word[:index] + word[index] + word[index:] for index in range(len(word))]
    swapped = [
        word[:index] + word[index + 1] + word[index] + word[index + 2 :]
        for index in range(len(word) - 1)
        if word[index] != word[index + 1]
    ]
    return [*dropped, *doubled, *swapped]
