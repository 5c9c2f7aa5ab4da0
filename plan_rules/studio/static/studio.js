// What every page needs besides htmx: buttons that fill in the form, a filter, focus that is not lost, troubles told.
const zh = document.body.dataset.lang !== "en";
const say = (chinese, english) => (zh ? chinese : english);
const form = document.querySelector("#incident");
const STORED = "plan-rules-incident"; // of this tab only, gone with it
let refocus = null;

function fill(values) {
  for (const [name, value] of Object.entries(values)) {
    const fields = form.elements[name];
    if (!fields) continue;
    const group = fields instanceof RadioNodeList ? [...fields] : [fields];
    const picked = group.some((field) => ticked(field) && field.value === value);
    for (const field of group) {
      if (ticked(field)) field.checked = field.value === value;
      else field.value = picked ? "" : value;
    }
  }
}

const ticked = (field) => field.type === "radio" || field.type === "checkbox";

// A day or a number is typed, or else ticked as unknown or not yet come: never both.
function settle(field) {
  if (!/^f\./.test(field.name) || field.type === "radio" || (field.type === "checkbox" && !field.checked)) return;
  for (const other of form.elements[field.name]) {
    if (other === field) continue;
    if (other.type === "checkbox") other.checked = false;
    else other.value = "";
  }
}

function changed() {
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function filled() {
  const stated = [...new FormData(form)].filter(([name, value]) => value && (/^[fr]\./.test(name) || name === "at"));
  return Object.fromEntries(stated);
}

function restore() {
  try {
    fill(JSON.parse(sessionStorage.getItem(STORED) ?? "{}"));
  } catch {
    sessionStorage.removeItem(STORED);
  }
}

function clear() {
  form.reset();
  sessionStorage.removeItem(STORED);
  changed();
}

function narrow() {
  const find = document.querySelector("#find");
  if (!find) return;
  const words = find.value.trim().toLowerCase();
  const only = document.querySelector("#only-filled");
  let seen = 0;
  for (const row of document.querySelectorAll(".fact")) {
    const kept = only.dataset.filled ? row.matches(only.dataset.filled)
      : [...row.querySelectorAll("input")].some((field) => field.value && (!ticked(field) || field.checked));
    row.hidden = !row.dataset.find.toLowerCase().includes(words) || (only.checked && !kept);
    seen += !row.hidden;
  }
  const none = document.querySelector("#none-found");
  if (none) none.hidden = seen > 0 || !document.querySelector(".fact");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.id === "clear") clear();
  if (button.dataset.field) {
    refocus = button.closest("#question, #answer")?.id ?? null;
    fill({ [button.dataset.field]: button.dataset.value });
    changed();
  }
  if (button.dataset.fill) {
    fill(JSON.parse(button.dataset.fill));
    changed();
  }
  if (button.dataset.open) {
    const at = button.dataset.at ? { at: button.dataset.at.slice(0, 16) } : {};
    sessionStorage.setItem(STORED, JSON.stringify({ ...JSON.parse(button.dataset.open), ...at }));
    location.assign("/" + location.search);
  }
});
document.addEventListener("input", (event) => event.target.id === "find" && narrow());
document.addEventListener("change", (event) => event.target.id === "only-filled" && narrow());

if (form) {
  restore();
  form.addEventListener("input", (event) => settle(event.target));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => sessionStorage.setItem(STORED, JSON.stringify(filled())));
}

// On a phone the bar leads from the form to the answer and back.
const bar = document.querySelector(".to-answer");
if (bar) {
  new IntersectionObserver(([seen]) => {
    const there = seen.isIntersecting || seen.boundingClientRect.top < 0;
    bar.setAttribute("href", there ? "#facts-title" : "#answer");
    document.querySelector("#way").textContent = there ? say("↑ 改事实", "↑ facts") : "↓";
  }, { rootMargin: "0px 0px -40% 0px" }).observe(document.querySelector("#answer"));
}

// What was opened in the answer stays open, and the keyboard stays where it was, when the answer is another.
let opened = [];
document.body.addEventListener("htmx:beforeSwap", (event) => {
  opened = [...event.detail.target.querySelectorAll("details[open][data-key]")].map((each) => each.dataset.key);
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  for (const each of target.querySelectorAll("details[data-key]")) each.open = opened.includes(each.dataset.key);
  if (refocus && target.id === refocus) {
    const next = target.querySelector("button[data-field]") ?? target;
    if (!next.hasAttribute("tabindex") && next === target) next.tabIndex = -1;
    next.focus({ preventScroll: true });
    refocus = null;
  }
  document.querySelector("#trouble").hidden = true;
  narrow();
});

export function trouble(text) {
  const place = document.querySelector("#trouble");
  place.textContent = text;
  place.hidden = false;
}
document.body.addEventListener("htmx:responseError", (event) => trouble(event.detail.xhr.responseText.slice(0, 300)));
document.body.addEventListener("htmx:sendError", () => trouble(say("连不上工作台: 它还在运行吗?", "The studio cannot be reached: is it still running?")));
