// The editor: CodeMirror, what is wrong as one types, and saving.
import {
  EditorState, EditorView, HighlightStyle, bracketMatching, defaultKeymap, drawSelection, foldGutter, foldKeymap, highlightActiveLine,
  highlightActiveLineGutter, highlightSelectionMatches, highlightSpecialChars, history, historyKeymap, indentOnInput, indentUnit,
  indentWithTab, keymap, lineNumbers, lintGutter, nextDiagnostic, previousDiagnostic, search, searchKeymap, setDiagnostics,
  syntaxHighlighting, tags, yaml,
} from "/static/vendor/codemirror.min.js";
import { trouble } from "/static/studio.js";

const zh = document.body.dataset.lang !== "en";
const say = (chinese, english) => (zh ? chinese : english);
const place = document.querySelector("#editor");
const state = document.querySelector("#state");
const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-Studio-Token"];
let version = "";
let saved = "";
let view;

async function send(path, body, headers = {}) {
  return fetch(path, { method: "POST", body, headers: { "Content-Type": "text/plain; charset=utf-8", "X-Studio-Token": token, ...headers } });
}

// ------------------------------------------------------------------ what is wrong, as one types

let checking = false;
let waiting = null; // when the oldest keystroke that no answer covers was made

async function check(since) {
  if (checking) {
    waiting ??= since;
    return;
  }
  checking = true;
  const text = view.state.doc.toString();
  try {
    const answer = await send(`/edit/check?lang=${zh ? "zh" : "en"}`, text);
    if (!answer.ok) trouble(await answer.text());
    else {
      const found = await answer.json();
      // Of a text that is no more the one in the editor only the list is shown, and the newer text is asked about next.
      show(found.diagnostics, view.state.doc.toString() === text);
      requestAnimationFrame(() => setTimeout(() => shown(since, found.milliseconds)));
    }
  } catch {
    trouble(say("连不上工作台: 它还在运行吗?", "The studio cannot be reached: is it still running?"));
  } finally {
    checking = false;
  }
  if (waiting !== null) {
    const next = waiting;
    waiting = null;
    check(next);
  }
}

function shown(since, worked) {
  const took = Math.round(performance.now() - since);
  const time = document.querySelector("#time");
  time.textContent = `${took} ms`;
  time.dataset.took = took;
  time.dataset.worked = worked;
  time.dataset.count = Number(time.dataset.count ?? 0) + 1;
  performance.measure("diagnostics", { start: since, duration: took });
}

function position(line, column) {
  const doc = view.state.doc;
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const before = [...at.text].slice(0, Math.max(column - 1, 0)).join(""); // columns count characters, not halves of them
  return Math.min(at.from + before.length, at.to);
}

function show(diagnostics, current) {
  const words = { error: say("错误", "error"), warning: say("警告", "warning"), note: say("提示", "note") };
  const list = document.querySelector("#defects ol");
  list.replaceChildren(...diagnostics.map((each) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    item.className = each.severity;
    const where = each.line ? (each.here ? say(`第 ${each.line} 行 `, `line ${each.line} `) : `${each.source}:${each.line} `) : "";
    button.type = "button";
    button.textContent = `${where}${words[each.severity]} ${each.code} ${each.message}` + (each.help ? `\n${say("帮助", "help")}: ${each.help}` : "");
    button.addEventListener("click", () => each.here && go(position(each.line, each.column)));
    item.append(button);
    return item;
  }));
  if (!diagnostics.length) {
    const fine = document.createElement("li");
    fine.className = "done";
    fine.textContent = `✓ ${say("没有错误", "nothing is wrong")}`;
    list.replaceChildren(fine);
  }
  document.querySelector("#count").textContent = diagnostics.length || "";
  if (!current) return;
  const marks = diagnostics.filter((each) => each.here).map((each) => {
    const from = position(each.line, each.column);
    const to = Math.max(position(each.line, each.column + each.width), from);
    const severity = each.severity === "note" ? "info" : each.severity;
    return { from, to, severity, message: each.message + (each.help ? `\n${each.help}` : ""), source: each.code };
  });
  view.dispatch(setDiagnostics(view.state, marks));
}

function go(at) {
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
}

// ------------------------------------------------------------------ saving

async function save() {
  const button = document.querySelector("#save");
  if (button.disabled) return true;
  const text = view.state.doc.toString();
  const answer = await send(`/edit/save?lang=${zh ? "zh" : "en"}`, text, { "X-Seen": version });
  const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : { message: await answer.text() };
  if (answer.ok) {
    version = told.version;
    saved = text;
  }
  if (answer.ok) document.querySelector("#trouble").hidden = true;
  else trouble(told.message);
  mark(answer.ok ? say("已保存", "saved") : say("没有保存", "not saved"));
  return true;
}

function mark(text) {
  const clean = view.state.doc.toString() === saved;
  state.textContent = text ?? (clean ? "" : say("有未保存的改动", "unsaved changes"));
}

async function load(path) {
  const answer = await fetch(path);
  const found = await answer.json();
  version = found.version;
  saved = found.saved;
  return found.text;
}

async function revert() {
  await send("/edit/drop", "");
  const text = await load("/edit/text");
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  mark(say("已恢复为文件的内容", "the file as it is"));
}

// ------------------------------------------------------------------ the editor itself

const colours = HighlightStyle.define([
  { tag: tags.comment, color: "#5b6570", fontStyle: "italic" },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "#0b4f9e" },
  { tag: tags.string, color: "#7a3e00" },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: "#51585f" },
  { tag: [tags.meta, tags.keyword], color: "#6b2a8c" },
]);
const look = EditorView.theme({
  "&": { height: "100%", fontSize: "15px" },
  ".cm-scroller": { fontFamily: 'ui-monospace, "Noto Sans Mono CJK SC", "Sarasa Mono SC", monospace', lineHeight: "1.6" },
  ".cm-gutters": { backgroundColor: "#f3f5f7", color: "#51585f" },
  ".cm-activeLine": { backgroundColor: "#eef4fb80" },
  ".cm-tooltip": { maxWidth: "40rem", whiteSpace: "pre-wrap" },
});
const phrases = EditorState.phrases.of(zh ? {
  Find: "查找", Replace: "替换", next: "下一个", previous: "上一个", all: "全部", "match case": "区分大小写", regexp: "正则", "by word": "整词",
  replace: "替换", "replace all": "全部替换", close: "关闭", "No diagnostics": "没有错误", Diagnostics: "检查", "current match": "当前", "on line": "行",
} : {});

let typed = null;
const extensions = [
  EditorView.cspNonce.of(place.dataset.nonce), lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), foldGutter(),
  drawSelection(), indentOnInput(), indentUnit.of("  "), bracketMatching(), highlightActiveLine(), highlightSelectionMatches(), search({ top: true }),
  yaml(), syntaxHighlighting(colours), lintGutter(), look, phrases, EditorView.lineWrapping,
  EditorView.contentAttributes.of({ "aria-label": place.dataset.label, spellcheck: "false", tabindex: "0" }),
  keymap.of([
    { key: "Mod-s", run: () => (save(), true), preventDefault: true },
    { key: "F8", run: nextDiagnostic }, { key: "Shift-F8", run: previousDiagnostic },
    ...searchKeymap, ...historyKeymap, ...foldKeymap, ...defaultKeymap, indentWithTab,
  ]),
  EditorView.domEventHandlers({ beforeinput: (event) => { typed = event.timeStamp; }, keydown: (event) => { typed = event.timeStamp; } }),
  EditorView.updateListener.of((update) => {
    if (!update.docChanged) return;
    mark();
    check(typed ?? performance.now());
    typed = null;
  }),
];

view = new EditorView({ state: EditorState.create({ doc: await load("/edit/text"), extensions }), parent: place });
document.querySelector("#save").addEventListener("click", save);
document.querySelector("#revert").addEventListener("click", revert);
mark();
check(performance.now());
