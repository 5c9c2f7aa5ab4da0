// (Lowered plan as JSON, stated facts) -> what the plan asks now, as `plan_rules.decide` answers without an instant.
// Truth is Kleene's: true, false, or null where an unknown fact leaves it open.
"use strict";

const UNKNOWN = "unknown", PENDING = ["awaiting_approval", "at_discretion", "failed"];

function truth(c, w) {
  switch (c[0]) {
    case "all": case "any": {
      const settles = c[0] === "any";
      let result = !settles;
      for (const part of c[1]) {
        const value = truth(part, w);
        if (value === settles) return settles;
        if (value === null) result = null;
      }
      return result;
    }
    case "not": { const value = truth(c[1], w); return value === null ? null : !value; }
    case "is": return c[1] in w ? c[2].includes(w[c[1]]) : null;
    case "within": return c[1] in w ? (c[2] === null || c[2] <= w[c[1]]) && (c[3] === null || w[c[1]] <= c[3]) : null;
    case "present": return c[1] in w ? w[c[1]] === c[2] : null;
    case "earlier": return earlier(w["=" + c[1]], w["=" + c[2]]);
    case "unstated": return !(c[1] in w);
    default: throw new Error("no condition: " + c[0]);
  }
}

// Days are compared with days, instants with instants; ISO 8601 sorts as time does.
function earlier(one, other) {
  const kind = (text) => (typeof text !== "string" ? null : text[4] !== "-" ? "time" : text.length === 10 ? "day" : "instant");
  return kind(one) === null || kind(one) !== kind(other) ? null : one < other;
}

function evaluator(plan) {
  const facts = plan.facts, order = Object.keys(facts);
  const isDated = (name) => facts[name].kind === "date" || facts[name].kind === "datetime";
  const happened = (value) => value !== null && value !== false;

  function seen(values) {
    const found = Object.create(null);
    for (const name of Object.keys(values)) {
      const value = values[name];
      if (value === UNKNOWN) continue;
      found[name] = isDated(name) ? happened(value) : value;
      if (isDated(name) && typeof value === "string") found["=" + name] = value;
    }
    return found;
  }

  class Contradiction extends Error {
    constructor(id, text, about) { super(text); this.id = id; this.about = about; }
  }

  function inferred(stated) {
    let now = seen(stated);
    const warned = [];
    for (const item of plan.impossibles) {
      if (!item.facts.some((name) => name in stated) || truth(item.condition, now) !== true) continue;
      if (!item.warn) throw new Contradiction(item.id, item.text, item.facts.filter((name) => name in stated));
      warned.push(item.id);
    }
    const filled = Object.assign(Object.create(null), stated), source = Object.create(null), allowed = Object.create(null);
    for (const name of Object.keys(stated)) source[name] = "stated";
    const applied = new Set();
    const touching = (names) => plan.presumptions.map((p, at) => at).filter((at) => plan.presumptions[at].facts.some((f) => names.includes(f)));
    let candidates = touching(Object.keys(stated));
    while (candidates.length) {
      const applying = candidates.filter((at) => !applied.has(at) && truth(plan.presumptions[at].condition, now) === true);
      const touched = [];
      for (const at of applying) { applied.add(at); apply(plan.presumptions[at], touched); }
      if (!touching(touched).length) break;
      now = seen(filled);
      candidates = plan.presumptions.map((p, at) => at).filter((at) => !applied.has(at));
    }
    return { values: filled, source, warned };

    function apply(item, touched) {
      const contradicted = (name) => new Contradiction(item.id, item.note, [...item.facts, name].filter((each) => each in stated));
      for (const [name, values] of item.fills) {
        const known = name in stated ? stated[name] : UNKNOWN;
        if (values.length === 1 && values[0] === UNKNOWN) {
          if (!(name in filled)) { filled[name] = UNKNOWN; source[name] = item.id; }
        } else if (isDated(name)) {
          if (known === UNKNOWN) warned.push(item.id);
          else if (!values.includes(happened(known))) throw contradicted(name);
        } else if (known !== UNKNOWN) {
          if (!values.includes(known)) throw contradicted(name);
        } else {
          const before = allowed[name] || (facts[name].domain.length ? facts[name].domain : values);
          const narrowed = allowed[name] = before.filter((value) => values.includes(value));
          if (!narrowed.length) throw contradicted(name);
          if (name in stated && narrowed.length > 1) continue;
          filled[name] = narrowed[0]; source[name] = item.id; touched.push(name);
        }
      }
    }
  }

  function follow(stated) {
    const found = inferred(stated), values = Object.create(null);
    for (const name of order) values[name] = facts[name].default;
    Object.assign(values, found.values);
    return { values, wide: seen(values), source: found.source, warned: found.warned };
  }

  // ------------------------------------------------------------------ what is in force

  function decide(stated) {
    const told = follow(stated), wide = told.wide;
    const excluding = plan.clauses.filter((clause) => clause.excludes && truth(plan.rules[clause.id], wide) === true);
    const counting = excluding.length ? excluding.map((clause) => clause.id) : Object.keys(plan.rules);
    const fired = new Set(counting.filter((key) => truth(plan.rules[key], wide) === true));
    const deputies = plan.deputies.filter((each) => truth(each.condition, wide) === true);
    const clauses = plan.clauses.filter((clause) => clause.keys.some((key) => fired.has(key)));
    const waived = waivedBy(clauses);
    const norms = [];
    for (const clause of clauses) {
      const gone = waived[clause.id] || new Set();
      for (const norm of clause.norms) {
        if ((norm.always || fired.has(norm.key)) && !gone.has(norm.action) && !gone.has("*")) norms.push({ ...norm, clause: clause.id, state: stateOf(norm, fired) });
      }
    }
    const binding = norms.filter((norm) => norm.strength !== "advisory" && norm.state !== null);
    const of = (modality) => demands(binding.filter((norm) => norm.modality === modality), clauses, deputies, wide);
    const duties = inOrder(of("duty"));
    for (const duty of duties) duty.never = !PENDING.includes(duty.status) && duty.limit !== null && duty.limit.every && [UNKNOWN, null].includes(told.values[duty.limit.start]);
    return {
      tier: tierOf(clauses),
      duties,
      prohibitions: of("prohibition"),
      permissions: of("permission"),
      undetermined: excluding.length ? [] : undetermined(told, fired),
      exclusions: excluding.map((clause) => clause.id),
      handoffs: handoffsOf(clauses),
      ladders: laddersOf(binding),
      notices: [
        ...plan.notices.filter((notice) => fired.has(notice.id)).map((notice) => notice.id),
        ...norms.filter((norm) => norm.strength === "advisory" && norm.state === "").map((norm) => norm.clause + ":" + norm.action),
        ...duties.filter((duty) => duty.never).map((duty) => duty.clauses[0] + ":" + duty.action),
        ...told.warned,
      ],
      fired: clauses.map((clause) => clause.id),
    };
  }

  // What became of what a norm waits for: "" where it is in force, null where it is gone.
  function stateOf(norm, fired) {
    if (norm.waits === null) return "";
    const forbids = norm.modality === "prohibition", came = (end) => fired.has(norm.key + end);
    if (came("-")) return forbids ? null : "failed";
    if (came("?")) return null;
    if (forbids) return "";
    if (norm.waits.discretion !== null && !came("!")) return "at_discretion";
    return norm.waits.approvals !== null && !came("+") ? "awaiting_approval" : "";
  }

  function laddersOf(norms) {
    const found = new Map();
    for (const { waits, state, clause } of norms) {
      if (waits === null || waits.rung === null) continue;
      const { ladder, step, of } = waits.rung;
      found.set(ladder, [...(found.get(ladder) || []), { step, of, state, clause }]);
    }
    return [...found].map(([ladder, reached]) => {
      const step = Math.max(...reached.map((each) => each.step)), last = reached.filter((each) => each.step === step);
      return { ladder, step, of: last[0].of, exhausted: last.every((each) => each.state === "failed"), clauses: distinct(reached.map((each) => each.clause)) };
    });
  }

  function handoffsOf(clauses) {
    const found = new Map();
    for (const { id, handoff } of clauses) {
      if (handoff === null) continue;
      const key = JSON.stringify(handoff);
      if (!found.has(key)) found.set(key, { ...handoff, clauses: [] });
      found.get(key).clauses.push(id);
    }
    return [...found.values()];
  }

  function tierOf(clauses) {
    const tiers = clauses.filter((clause) => clause.tier).map((clause) => plan.tiers[clause.tier]);
    return tiers.reduce((best, tier) => (best === null || (plan.highest ? tier.severity > best.severity : tier.severity < best.severity) ? tier : best), null);
  }

  function waivedBy(clauses) {
    const excepting = clauses.filter((clause) => clause.exemptions.length), placed = [], waived = Object.create(null);
    function place(clause) {
      if (placed.includes(clause)) return;
      for (const other of excepting) if (other.exemptions.some((each) => each.clause === clause.id)) place(other);
      placed.push(clause);
    }
    excepting.forEach(place);
    for (const clause of placed) {
      if (waived[clause.id] && waived[clause.id].has("*")) continue;
      for (const each of clause.exemptions) {
        const gone = waived[each.clause] = waived[each.clause] || new Set();
        (each.actions.length ? each.actions : ["*"]).forEach((action) => gone.add(action));
      }
    }
    return waived;
  }

  function demands(norms, clauses, deputies, wide) {
    const byAction = new Map();
    for (const norm of norms) byAction.set(norm.action, [...(byAction.get(norm.action) || []), norm]);
    return [...byAction].map(([action, all]) => {
      const nearest = ["", ...PENDING].find((state) => all.some((norm) => norm.state === state));
      const mine = all.filter((norm) => norm.state === nearest);
      const cited = new Set(mine.map((norm) => norm.clause));
      clauses.filter((clause) => clause.supports.includes(action)).forEach((clause) => cited.add(clause.id));
      const first = (part) => (mine.find((norm) => norm[part] !== null) || { [part]: null })[part];
      const recipient = first("recipient"), limit = soonest(mine);
      const bearers = bearing(mine, recipient, limit, deputies);
      const done = first("done"), broken = first("broken");
      return {
        action,
        roles: distinct(bearers.flatMap((bearer) => bearer.groups.flatMap((group) => group.roles))),
        bearers,
        recipient,
        limit,
        clauses: clauses.filter((clause) => cited.has(clause.id)).map((clause) => clause.id),
        defeasible: mine.every((norm) => norm.strength === "defeasible"),
        instead: distinct(mine.flatMap((norm) => norm.instead)),
        order: null,
        status: nearest || (done !== null && truth(done, wide) === true ? "done" : "open"),
        form: first("form"),
        ...waiting(mine, wide),
        broken: broken !== null && truth(broken, wide) === true,
      };
    });
  }

  function waiting(norms, wide) {
    const first = (part) => norms.map((norm) => (norm.waits === null ? null : norm.waits[part])).find((found) => found !== null) || null;
    const approvals = first("approvals");
    const given = approvals === null ? [] : approvals.parts.filter(([, shown]) => truth(shown, wide) === true).map(([role]) => role);
    const missing = approvals === null ? [] : approvals.parts.map(([role]) => role).filter((role) => !given.includes(role));
    return {
      approval: approvals && { need: approvals.need, given, missing: approvals.need === "any" && given.length ? [] : missing },
      discretion: first("discretion"),
      rung: first("rung"),
    };
  }

  function soonest(norms) {
    const limits = norms.filter((norm) => norm.limit).map((norm) => norm.limit);
    return limits.reduce((least, limit) => (least === null || before(limit.urgency, least.urgency) ? limit : least), null);
  }

  // Who must act, each with the recipient and the limit of its own, where the demand's is another.
  function bearing(norms, recipient, limit, deputies) {
    const found = new Map();
    for (const norm of norms) {
      const to = norm.recipient === null ? recipient : norm.recipient;
      const bearer = { ...norm.bearer, deputies: standIns(norm.bearer, deputies), recipient: to === recipient ? null : to };
      const key = JSON.stringify(bearer);
      if (!found.has(key)) found.set(key, { bearer, limits: [] });
      if (norm.limit) found.get(key).limits.push(norm.limit);
    }
    return [...found.values()].flatMap(({ bearer, limits }) => own(limits, limit).map((mine) => ({ ...bearer, limit: mine })));
  }

  function standIns(bearer, deputies) {
    const inTurn = bearer.groups.some((group) => group.choice === "first_available");
    const roles = bearer.groups.flatMap((group) => group.roles);
    const acting = deputies.filter((each) => (each.roles.length ? each.roles.some((role) => roles.includes(role)) : inTurn));
    return distinct(acting.map((each) => each.deputy));
  }

  // The most urgent limit from each start of a clock, or else in words; null where it is what is demanded anyway.
  function own(limits, demanded) {
    const byClock = new Map();
    for (const limit of [...limits].sort((a, b) => (before(a.urgency, b.urgency) ? -1 : before(b.urgency, a.urgency) ? 1 : 0))) {
      if (!byClock.has(limit.start)) byClock.set(limit.start, limit);
    }
    const all = [...byClock.values()], counted = all.filter((limit) => limit.counted);
    const kept = (counted.length ? counted : all.slice(0, 1)).map((limit) => (demanded && limit.same.join() === demanded.same.join() ? null : limit));
    return kept.length ? kept : [null];
  }

  function inOrder(found) {
    const byId = Object.fromEntries(plan.clauses.map((clause) => [clause.id, clause]));
    const steps = new Map(found.map((demand) => [demand.action, stepOf(demand, byId)]));
    const placed = new Map();
    function place(action) {
      if (!placed.has(action)) {
        let best = steps.get(action);
        for (const name of plan.actions[action].after) {
          if (!steps.get(name)) continue;
          const [stage, number] = place(name);
          if (before(best, [stage, number + 1])) best = [stage, number + 1];
        }
        placed.set(action, best);
      }
      return placed.get(action);
    }
    const stepped = found.filter((demand) => steps.get(demand.action)).map((demand, at) => ({ demand, at, place: place(demand.action) }));
    stepped.sort((a, b) => (before(a.place, b.place) ? -1 : before(b.place, a.place) ? 1 : a.at - b.at));
    let rank = 0, last = null;
    for (const each of stepped) {
      if (last === null || before(last, each.place)) { rank += 1; last = each.place; }
      each.demand.order = rank;
    }
    return [...stepped.map((each) => each.demand), ...found.filter((demand) => !steps.get(demand.action))];
  }

  function stepOf(demand, byId) {
    const steps = demand.clauses.flatMap((id) => byId[id].norms).filter((norm) => norm.action === demand.action && norm.step).map((norm) => norm.step);
    return steps.reduce((least, step) => (least === null || before(step, least) ? step : least), null);
  }

  // ------------------------------------------------------------------ what is unknown

  function undetermined(told, fired) {
    const open = new Map();
    for (const name of Object.keys(plan.mentioned)) {
      if (name in told.wide) continue;
      for (const key of plan.mentioned[name]) {
        if (!fired.has(key) && truth(plan.rules[key], told.wide) === null) open.set(key, [...(open.get(key) || []), name]);
      }
    }
    const blocked = new Map();
    for (const [key, about] of open) {
      const outcomes = new Map(about.map((name) => [name, outcomesOf(name, key, told)]));
      const possible = about.filter((name) => !(outcomes.get(name).size === 1 && outcomes.get(name).has(false)));
      if (possible.length < about.length) continue;
      const deciding = possible.filter((name) => outcomes.get(name).has(true) || outcomes.get(name).has(false));
      for (const name of deciding.length ? deciding : possible) {
        blocked.set(name, (blocked.get(name) || new Set()).add(key.split("#")[0]));
      }
    }
    return order.filter((name) => blocked.has(name)).map((name) => ({
      fact: name,
      blocks: plan.clauses.map((clause) => clause.id).filter((id) => blocked.get(name).has(id)),
    }));
  }

  function outcomesOf(name, key, told) {
    const around = {};
    for (const other of plan.linked[name] || []) {
      if (other in told.source && told.values[other] !== UNKNOWN) around[other] = told.values[other];
    }
    const found = new Set();
    for (const value of plan.telling[key][name]) {
      if (facts[name].domain.length && !consistent({ ...around, [name]: value })) continue;
      found.add(truth(plan.rules[key], { ...told.wide, [name]: value }));
    }
    return found;
  }

  function consistent(stated) {
    try { inferred(stated); return true; } catch (refused) {
      if (refused instanceof Contradiction) return false;
      throw refused;
    }
  }

  return { decide, Contradiction };
}

function before(one, other) {
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return one[at] < other[at];
  return false;
}

function distinct(found) {
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
}

if (typeof module !== "undefined") module.exports = { evaluator };
