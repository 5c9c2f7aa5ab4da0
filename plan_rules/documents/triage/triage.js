// The page: one question after another until the tier is settled, then what to do, in order; nothing is kept.
"use strict";

if (typeof document !== "undefined") (function () {
  const plan = JSON.parse(document.getElementById("plan").textContent);
  const { decide, Contradiction } = evaluator(plan);
  const main = document.getElementById("main");
  const name = (id) => plan.names[id] || id;
  const names = (ids, joint) => ids.map(name).join(joint || "、");
  let stated = {}, trail = [], question = plan.question;

  function el(tag, attributes, ...parts) {
    const made = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key === "onclick" || key === "onchange") made.addEventListener(key.slice(2), value);
      else made.setAttribute(key, value);
    }
    made.append(...parts.filter((part) => part !== null));
    return made;
  }

  function show() {
    main.replaceChildren(...(question ? asking() : answering()));
    const heading = main.querySelector("h2");
    heading.tabIndex = -1;
    heading.focus();
    window.scrollTo(0, 0);
  }

  function state(fact, value, next) {
    trail.push({ stated, question });
    stated = { ...stated, [fact]: value };
    question = next || null;
    show();
  }

  function back() {
    const last = trail.pop();
    stated = last.stated;
    question = last.question;
    show();
  }

  function restart() {
    trail = []; stated = {}; question = plan.question;
    show();
  }

  const bar = () => el("div", { class: "bar" },
    trail.length ? el("button", { type: "button", onclick: back }, "← 上一步") : null,
    trail.length ? el("button", { type: "button", onclick: restart }, "重新开始") : null,
    question ? null : el("button", { type: "button", onclick: () => window.print() }, "打印"));

  function asking() {
    const fact = plan.facts[question.fact];
    const choice = (each) => el("button", { type: "button", onclick: () => state(question.fact, each.value, each.next) },
      each.label, each.hint ? el("small", {}, each.hint) : null);
    return [
      el("h2", {}, fact.question),
      fact.confirm_by.length ? el("p", {}, "由" + fact.confirm_by.join("或") + "认定") : el("p", {}, "选一个"),
      el("div", { class: "choices" }, ...question.choices.map(choice)),
      bar(),
    ];
  }

  // ------------------------------------------------------------------ the answer

  function answering() {
    let answer;
    try { answer = decide(stated); } catch (refused) {
      if (!(refused instanceof Contradiction)) throw refused;
      const said = refused.about.map((id) => plan.facts[id].label + ": " + worded(id, stated[id])).join("; ");
      return [el("h2", {}, "这些不能同时成立"), el("p", { class: "refused", role: "alert" }, said + (refused.message ? " (" + refused.message + ")" : "")), bar(), more()];
    }
    const tier = answer.tier;
    return [
      el("h2", { class: "tier rank" + (tier ? Math.min(tier.severity, 3) : 0) }, tier ? tier.label : answer.exclusions.length ? "不适用本预案" : "不分级: 没有正在处置的事件"),
      bar(),
      section("不适用", answer.exclusions.map((id) => el("li", { class: "item" }, plan.clauses.find((clause) => clause.id === id).text, el("p", {}, "依据 " + id))), "must-not"),
      section("移交", answer.handoffs.map((each) => item(each, "按“" + each.plan + "”处置", [["交给", parties(each.recipient)]])), ""),
      section("应当, 依次做", answer.duties.filter(inForce).map(duty), ""),
      section("还不必做", [...answer.duties, ...answer.permissions].filter((each) => !inForce(each)).map(pending), "ask"),
      section("递进", answer.ladders.map((each) => el("li", { class: "item" }, each.ladder + ": 第 " + each.step + " 步, 共 " + each.of + " 步" + (each.exhausted ? ", 各步都没有办成" : ""))), ""),
      section("不得", answer.prohibitions.map(prohibition), "must-not"),
      section("可以", answer.permissions.filter(inForce).map((each) => item(each, plan.actions[each.action].label, [["谁", names(each.roles)], ...waits(each)])), ""),
      section("还要问清楚", answer.undetermined.map(unknown), "ask"),
      section("提示", plan.notices.filter((each) => answer.notices.includes(each.id)).map((each) => el("li", { class: "item" }, each.text, el("p", {}, "来源: " + each.origin))), ""),
      more(),
    ].filter((part) => part !== null);
  }

  function section(title, items, kind) {
    return items.length ? el("section", { class: kind }, el("h2", {}, title), el("ol", {}, ...items)) : null;
  }

  function item(demand, head, details, done) {
    const lines = details.filter(([, value]) => value).map(([label, value]) => el("p", {}, label + ": " + value));
    const texts = demand.clauses.map((id) => el("blockquote", {}, id + " " + plan.clauses.find((clause) => clause.id === id).text));
    return el("li", { class: done ? "item done" : "item" }, el("strong", {}, head), ...lines,
      el("details", {}, el("summary", {}, "依据 " + demand.clauses.join("、")), ...texts));
  }

  const STATES = { awaiting_approval: "待批准", at_discretion: "待裁量", failed: "没有办成" };
  const inForce = (each) => !(each.status in STATES);

  function pending(each) {
    return item(each, plan.actions[each.action].label + " (" + STATES[each.status] + ")", [["谁", names(each.roles)], ...waits(each)]);
  }

  function waits(each) {
    const approval = each.approval, discretion = each.discretion, joint = approval && approval.need === "any" ? "或" : "、";
    return [
      ...(approval ? [["还须批准", names(approval.missing, joint)], ["已批准", names(approval.given)]] : []),
      ...(discretion ? [["由谁裁量", names(discretion.roles)], ["考量", discretion.considerations.join("、")]] : []),
      ...(each.rung ? [["递进", "第 " + each.rung.step + " 步, 共 " + each.rung.of + " 步"]] : []),
    ];
  }

  function duty(each) {
    const head = (each.order === null ? "始终 " : each.order + ". ") + plan.actions[each.action].label + (each.status === "done" ? " (已办)" : "");
    return item(each, head, [["谁", each.bearers.map(who).join("; ")], ["向", parties(each.recipient)], ["时限", each.limit ? each.limit.text : ""],
      ["注意", each.never ? "没有上一次的记录, 没有做过的现在就该做" : ""],
      ["填表", each.form ? plan.forms[each.form] : ""],
      ["效力", each.defeasible ? "一般应当; 不办须有理由和批准人" : ""], ...waits(each)], each.status === "done");
  }

  function parties(recipient) {
    return recipient === null ? "" : recipient.includes("|") ? names(recipient.split("|"), "或") : names(recipient.split(","));
  }

  function prohibition(each) {
    return item(each, plan.actions[each.action].label, [["谁", each.bearers.map(who).join("; ")],
      ["改为", each.instead.map((id) => plan.actions[id].label).join("、")], ["效力", each.defeasible ? "一般不得; 例外须有理由和批准人" : ""],
      ["注意", each.broken ? "已经违反" : ""], ...waits(each)]);
  }

  function who(bearer) {
    const groups = bearer.groups.map((group) => group.choice === "first_available" && group.roles.length > 1
      ? name(group.roles[0]) + "(不在时" + names(group.roles.slice(1), ", 再不在时") + ")"
      : names(group.roles, "或") + (group.choice === "first_contact" ? "(由最先接到的)" : ""));
    const notes = [["可由", names(bearer.through), "代办"], ["顶岗: ", names(bearer.deputies), ""], ["", names(bearer.excepted), "除外"],
      ["向", parties(bearer.recipient), ""], ["时限: ", bearer.limit ? bearer.limit.text : "", ""]];
    return groups.join("和") + notes.map(([lead, words, end]) => (words ? " (" + lead + words + end + ")" : "")).join("");
  }

  function unknown(each) {
    const fact = plan.facts[each.fact];
    const answers = fact.domain.map((value, at) => el("button", { type: "button", onclick: () => state(each.fact, value) }, fact.labels[at]));
    return el("li", { class: "item" }, el("strong", {}, fact.question), el("p", {}, "关系到 " + each.blocks.join("、")), el("div", { class: "bar" }, ...answers));
  }

  // ------------------------------------------------------------------ anything else that is known

  function worded(id, value) {
    const fact = plan.facts[id], at = fact.domain.indexOf(value);
    return at >= 0 ? fact.labels[at] : value === "unknown" ? "未知" : value === true ? "已发生" : value === null ? "尚未发生" : String(value);
  }

  function more() {
    const fields = Object.keys(plan.facts).filter((id) => !plan.facts[id].of_case).map(field);
    return el("details", { class: "facts" }, el("summary", {}, "补充或改正其他情况"), ...fields.flat());
  }

  function field(id) {
    const fact = plan.facts[id], key = "fact-" + id;
    const put = (value) => {
      trail.push({ stated, question });
      stated = { ...stated };
      if (value === undefined) delete stated[id]; else stated[id] = value;
      show();
    };
    if (fact.kind === "integer") {
      const input = el("input", { id: key, type: "number", min: fact.low, max: fact.high, step: 1, value: id in stated ? stated[id] : "",
        onchange: () => { if (input.value === "") put(undefined); else if (input.checkValidity()) put(Number(input.value)); else input.reportValidity(); } });
      return [el("label", { for: key }, fact.question), input];
    }
    const values = fact.domain.length ? fact.domain : [null, true];
    const options = [["", "没有另说(" + worded(id, fact.default) + ")"], ["unknown", "未知"], ...values.map((value, at) => [String(at), worded(id, value)])];
    const select = el("select", { id: key, onchange: () => put(select.value === "" ? undefined : select.value === "unknown" ? "unknown" : values[Number(select.value)]) },
      ...options.map(([value, label]) => el("option", { value }, label)));
    if (id in stated) select.value = stated[id] === "unknown" ? "unknown" : String(values.indexOf(stated[id]));
    return [el("label", { for: key }, fact.question), select];
  }

  show();
})();
