export { EditorState, StateEffect, StateField, Compartment } from "@codemirror/state";
export { EditorView, keymap, lineNumbers, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars,
  drawSelection, rectangularSelection } from "@codemirror/view";
export { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
export { syntaxHighlighting, HighlightStyle, foldGutter, foldKeymap, indentOnInput, bracketMatching, indentUnit } from "@codemirror/language";
export { tags } from "@lezer/highlight";
export { yaml } from "@codemirror/lang-yaml";
export { setDiagnostics, lintGutter, nextDiagnostic, previousDiagnostic, openLintPanel, lintKeymap } from "@codemirror/lint";
export { search, searchKeymap, highlightSelectionMatches, openSearchPanel } from "@codemirror/search";
