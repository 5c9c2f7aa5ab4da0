"""A session -> its answers: hover, completion, definition, references, rename, quick-fixes, lenses, layout."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from plan_rules.authoring.completing import Proposal, completion
from plan_rules.authoring.fixes import fixes
from plan_rules.authoring.formatting import formatted
from plan_rules.authoring.index import Index
from plan_rules.authoring.renaming import CannotRename, Renaming, check_name, inner, renaming
from plan_rules.authoring.spots import Spot
from plan_rules.authoring.telling import reach_line, told
from plan_rules.language_server.session import OpenPlan, PlanServer

_SORTS = {
    "key": lsp.CompletionItemKind.Keyword,
    "name": lsp.CompletionItemKind.Reference,
    "word": lsp.CompletionItemKind.Value,
}
_TRIGGERS = [" ", "{", "[", ",", ":"]


def add_answers(session: PlanServer) -> None:
    """Let the session answer what an editor asks of a place."""

    @session.feature(lsp.TEXT_DOCUMENT_HOVER)
    def _hover(params: lsp.HoverParams) -> lsp.Hover | None:
        found = _spot(session, params.text_document.uri, params.position)
        if found is None:
            return None
        plan, index, spot = found
        said = told(index, spot, plan.reach if plan.reached == _text(plan) else None, session.lang)
        content = lsp.MarkupContent(lsp.MarkupKind.Markdown, said)
        return lsp.Hover(content, session.places(plan).span(spot.text.span)) if said else None

    @session.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=_TRIGGERS))
    def _completion(params: lsp.CompletionParams) -> lsp.CompletionList:
        plan = session.latest(params.text_document.uri)
        return lsp.CompletionList(False, list(_items(session, plan, params.position)) if plan else [])

    @session.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def _definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        found = _spot(session, params.text_document.uri, params.position)
        thing = found[1].meant(found[2]) if found else None
        if found is None or thing is None:
            return None
        return lsp.Location(found[0].uri, session.places(found[0]).span(thing.name.span))

    @session.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def _references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        found = _spot(session, params.text_document.uri, params.position)
        thing = found[1].meant(found[2]) if found else None
        if found is None or thing is None:
            return []
        plan, index, _ = found
        shown = index.places(thing)
        if not params.context.include_declaration:
            shown = tuple(spot for spot in shown if spot.role not in ("name", "id"))
        return [lsp.Location(plan.uri, session.places(plan).span(spot.text.span)) for spot in shown]

    _add_changes(session)


def _add_changes(session: PlanServer) -> None:
    @session.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def _prepare(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder:
        plan, _, spot, what = _renaming(session, params.text_document.uri, params.position)
        return lsp.PrepareRenamePlaceholder(session.places(plan).span(inner(spot.text)), what.word)

    @session.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def _rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit:
        plan, index, _, what = _renaming(session, params.text_document.uri, params.position)
        try:
            check_name(index, what, params.new_name)
        except CannotRename as refusal:
            raise JsonRpcInvalidParams(refusal.message.within(session.lang)) from refusal
        places = session.places(plan)
        return lsp.WorkspaceEdit({plan.uri: [lsp.TextEdit(places.span(at), params.new_name) for at in what.places]})

    @session.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix])
    )
    def _fixes(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        plan = session.latest(params.text_document.uri)
        return list(_actions(session, plan, params.range)) if plan else []

    @session.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def _layout(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
        plan = session.latest(params.text_document.uri)
        laid_out = formatted(_text(plan)).text if plan else None
        if plan is None or laid_out is None or laid_out == _text(plan):
            return []
        end = session.places(plan).end
        return [lsp.TextEdit(lsp.Range(lsp.Position(0, 0), end), laid_out)]

    @session.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
    def _lenses(params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
        plan = session.latest(params.text_document.uri)
        return list(_shown_above(session, plan)) if plan else []


# --------------------------------------------------------------------------- what is asked about


def _text(plan: OpenPlan) -> str:
    return plan.draft.text if plan.draft else ""


def _spot(session: PlanServer, uri: str, position: lsp.Position) -> tuple[OpenPlan, Index, Spot] | None:
    """The open file, its index and the word at a place; None where there is none."""
    plan = session.latest(uri)
    index = plan.index if plan else None
    spot = index.at(*session.places(plan).place(position)) if plan and index else None
    return (plan, index, spot) if plan and index and spot else None


def _renaming(session: PlanServer, uri: str, position: lsp.Position) -> tuple[OpenPlan, Index, Spot, Renaming]:
    found = _spot(session, uri, position)
    if found is None:
        raise JsonRpcInvalidParams("这里不是名称" if session.lang == "zh" else "this is no name")
    try:
        return (*found, renaming(found[1], found[2], _text(found[0])))
    except CannotRename as refusal:
        raise JsonRpcInvalidParams(refusal.message.within(session.lang)) from refusal


def _items(session: PlanServer, plan: OpenPlan, position: lsp.Position) -> Iterator[lsp.CompletionItem]:
    places = session.places(plan)
    line, column = places.place(position)
    found = completion(_text(plan), line, column, plan.completing)
    range_ = lsp.Range(places.position(line, found.column), position)
    for order, proposal in enumerate(found.proposals):
        yield _item(proposal, order, range_, session.lang)


def _item(proposal: Proposal, order: int, range_: lsp.Range, lang: str) -> lsp.CompletionItem:
    detail = proposal.detail.within(lang)
    return lsp.CompletionItem(
        proposal.label,
        kind=_SORTS[proposal.sort],
        detail=" ".join([*proposal.also[:1], detail]) if proposal.sort == "key" else detail,
        sort_text=f"{order:05}",
        filter_text=" ".join((proposal.label, *proposal.also)),
        text_edit=lsp.TextEdit(range_, proposal.text),
    )


def _actions(session: PlanServer, plan: OpenPlan, range_: lsp.Range) -> Iterator[lsp.CodeAction]:
    places = session.places(plan)
    for mark in plan.marks:
        at = places.mark(mark)
        if at.end < range_.start or range_.end < at.start:
            continue
        for fix in fixes(mark, _text(plan), plan.index):
            edit = lsp.TextEdit(places.span(fix.span), fix.text)
            yield lsp.CodeAction(
                fix.title.within(session.lang),
                kind=lsp.CodeActionKind.QuickFix,
                diagnostics=[session.diagnostic(mark, plan.uri, places)],
                is_preferred=fix.sure or None,
                edit=lsp.WorkspaceEdit({plan.uri: [edit]}),
            )


def _shown_above(session: PlanServer, plan: OpenPlan) -> Iterator[lsp.CodeLens]:
    """A line above each clause; numbers of the text before an edit say so."""
    if plan.reach is None or plan.index is None:
        return
    places = session.places(plan)
    stale = "" if plan.reached == _text(plan) else " (改动前)" if session.lang == "zh" else " (before the edit)"
    for clause in plan.index.named("clause"):
        line = reach_line(str(clause.name), plan.reach, session.lang)
        if line:
            yield lsp.CodeLens(places.span(clause.name.span), lsp.Command(line + stale, ""))
