"""What an editor asks of a place in a plan, and what it is told."""

from __future__ import annotations

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.language_server.conftest import ROOT, SHIPPED, Editor

NORM = "{做: 个别处理, 责任"


async def hovered(editor: Editor, position: lsp.Position) -> str:
    found = await editor.client.text_document_hover_async(lsp.HoverParams(editor.document, position))
    return found.contents.value if found else ""  # type: ignore[union-attr]


async def fixed(editor: Editor, diagnostic: lsp.Diagnostic) -> list[lsp.CodeAction]:
    context = lsp.CodeActionContext([diagnostic])
    found = await editor.client.text_document_code_action_async(
        lsp.CodeActionParams(editor.document, diagnostic.range, context)
    )
    return list(found or [])  # type: ignore[arg-type]


def renamed(editor: Editor, position: lsp.Position, name: str) -> lsp.RenameParams:
    return lsp.RenameParams(text_document=editor.document, position=position, new_name=name)


def applied(editor: Editor, edit: lsp.WorkspaceEdit | None) -> str:
    assert edit is not None and edit.changes is not None
    text = editor.text
    edits = sorted(edit.changes[editor.uri], key=lambda each: (each.range.start.line, each.range.start.character))
    for each in reversed(edits):
        text = text[: editor.offset(each.range.start)] + each.new_text + text[editor.offset(each.range.end) :]
    return text


def test_hover_tells_what_a_word_stands_for(edit) -> None:
    async def session(editor: Editor) -> None:
        await editor.open(SHIPPED)
        fact = await hovered(editor, editor.place("当: {一级处置: 是, 一时不能化解: 是}", 13))
        assert "**一时不能化解** `not_defused_at_once` (事实)" in fact
        assert "> 矛盾是否一时不能化解?" in fact and "- 默认: 否" in fact
        key = await hovered(editor, editor.place("取: 最高"))
        assert key.startswith("**取** `take`") and "几个等级都符合" in key
        clause = await hovered(editor, editor.place("服务于: [三.1.q]", len("服务于: [三")))
        assert "> 一时不能化解的进行个别处理," in clause
        assert await hovered(editor, lsp.Position(0, 3)) == ""

    edit(session)


def test_definition_is_where_a_name_is_declared_and_references_are_where_it_is_used(edit) -> None:
    async def session(editor: Editor) -> None:
        await editor.open(SHIPPED)
        place = editor.place(NORM, 5)
        found = await editor.client.text_document_definition_async(lsp.DefinitionParams(editor.document, place))
        assert isinstance(found, lsp.Location)
        assert found.range == lsp.Range(editor.place("个别处理: {id"), editor.place("个别处理: {id", 4))
        context = lsp.ReferenceContext(include_declaration=False)
        used = await editor.client.text_document_references_async(lsp.ReferenceParams(context, editor.document, place))
        assert used is not None and [editor.within(each.range) for each in used] == ["个别处理"] * 2

    edit(session)


def test_a_name_is_renamed_everywhere_and_an_id_nowhere(edit) -> None:
    async def session(editor: Editor) -> None:
        await editor.open(SHIPPED)
        place = editor.place("应观察体貌特征:\n", 1)
        ready = await editor.client.text_document_prepare_rename_async(lsp.PrepareRenameParams(editor.document, place))
        assert isinstance(ready, lsp.PrepareRenamePlaceholder) and ready.placeholder == "应观察体貌特征"
        change = await editor.client.text_document_rename_async(renamed(editor, place, "要记体貌"))
        everywhere = SHIPPED.replace("应观察体貌特征", "要记体貌")
        assert applied(editor, change) == everywhere.replace("题: 何时要记体貌", "题: 何时应观察体貌特征")  # no prose
        for at, name, why in (
            (editor.place("编号: 三.1.q\n", 5), "三.9", "编号发布后不得改名"),
            (editor.place(NORM, 5), "报警", "已经有叫“报警”的动作"),
            (editor.place(NORM, 5), "a: b", "不能直接用作名称"),
            (lsp.Position(0, 3), "x", "这里不是名称"),
        ):
            with pytest.raises(JsonRpcException, match=why):
                await editor.client.text_document_rename_async(renamed(editor, at, name))

    edit(session)


def test_what_may_stand_at_a_place_is_offered(edit) -> None:
    async def session(editor: Editor) -> None:
        await editor.open(SHIPPED)
        editor.strike(NORM, "gb", into=4, over=4)
        params = lsp.CompletionParams(editor.document, editor.place("{做: gb", 6))
        found = await editor.client.text_document_completion_async(params)
        assert isinstance(found, lsp.CompletionList)
        (item,) = (item for item in found.items if item.label == "个别处理")
        assert item.filter_text == "个别处理 handle_individually gbcl"
        assert isinstance(item.text_edit, lsp.TextEdit) and editor.within(item.text_edit.range) == "gb"

    edit(session)


@pytest.mark.parametrize("right_wrong_title", [
    (("当: {一级处置: 是, 一时不能化解: 是}", "当: {一级处置: 是, 一时不能化姐: 是}", "改成“一时不能化解”"),
     (NORM, "{做: 个别处里, 责任", "改成“个别处理”"),
     ("编号: 三.1.q\n    原文: '一时", "编号: 三.1.q\n    原文: '一事", "照抄底本"),
     ("类型: 选项\n    取值: {营业大厅", "类型: 选相\n    取值: {营业大厅", "改成“选项”"),
     ("编号: 三.1.q\n    原文", "编号：三.1.q\n    原文", "改成半角“: ”"),
     ("编号: 三.1.q\n", "编号: 三.1.\u200bq\n", "删去这个字符"),
     ("    服务于: [三.1.q]", "\u3000\u3000服务于: [三.1.q]", "行首改成 4 个空格")),
])  # fmt: skip
def test_a_quick_fix_writes_what_was_meant(edit, right_wrong_title) -> None:
    async def session(editor: Editor) -> None:
        for right, wrong, title in right_wrong_title:
            assert SHIPPED.count(right) == 1, right
            told = await editor.open(SHIPPED.replace(right, wrong))
            actions = {action.title: action for found in told for action in await fixed(editor, found)}
            assert applied(editor, actions[title].edit) == SHIPPED

    edit(session)


def test_a_lens_tells_how_far_a_clause_reaches(edit) -> None:
    async def session(editor: Editor) -> None:
        (editor.folder / "scenarios.yaml").write_bytes((ROOT / "rules" / "scenarios.yaml").read_bytes())
        await editor.open(SHIPPED)
        asked = lsp.CodeLensParams(editor.document)
        assert not await editor.client.text_document_code_lens_async(asked)
        assert await editor.told() == []  # proved, and nothing found
        lenses = await editor.client.text_document_code_lens_async(asked)
        assert lenses is not None and len(lenses) == 103
        shown = {editor.within(lens.range): lens.command.title for lens in lenses if lens.command}
        assert shown["三.3.c"].startswith("适用于 ") and " % 的情形, 场景 " in shown["三.3.c"]
        passed, _, tried = shown["三.3.c"].rpartition(" ")[2].partition("/")
        assert passed == tried != "0"
        assert shown["三.3.c"] in await hovered(editor, editor.place("编号: 三.3.c", 5))
        editor.strike("说明: 层级链", "字", into=4)
        after = await editor.client.text_document_code_lens_async(asked)
        assert after is not None and all(lens.command and "(改动前)" in lens.command.title for lens in after)

    edit(session)


def test_a_file_is_laid_out_without_a_change_of_meaning(edit) -> None:
    async def session(editor: Editor) -> None:
        await editor.open(
            SHIPPED.replace("取: 最高", "取:    最高").replace("{做: 个别处理, 责任", "{ 做: 个别处理,责任")
        )
        options = lsp.FormattingOptions(tab_size=2, insert_spaces=True)
        edits = await editor.client.text_document_formatting_async(
            lsp.DocumentFormattingParams(editor.document, options)
        )
        assert applied(editor, lsp.WorkspaceEdit({editor.uri: list(edits or ())})) == SHIPPED

    edit(session)
