// (Portable plan, facts) -> what the plan says of them.  The steps are those of docs/reference/portable-plan.md.
import jsonLogic from "json-logic-js";

const UNKNOWN = ["unknown", "未知"];
const LISTS = { clause: "clauses", duty: "duties", prohibition: "prohibitions", permission: "permissions", handoff: "handoffs" };
const STATES = { pending_duty: "pending_duties", pending_permission: "pending_permissions" };

/** Facts that the plan cannot read; `code` says why. */
class Rejected extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** The answer of a plan, read from its JSON, to an incident's facts. */
export function decide(plan, facts) {
  let data;
  try {
    data = inputs(plan, facts);
  } catch (refused) {
    if (refused instanceof Rejected) return { rejected: refused.code };
    throw refused;
  }
  for (const stage of plan.stages) {
    const found = stage.map(({ name, logic }) => [name, jsonLogic.apply(logic, data)]);
    for (const [name, value] of found) data[name] = value;
  }
  return answer(plan, data);
}

// ------------------------------------------------------------------ 1. facts -> inputs

function inputs(plan, facts) {
  const known = new Map(plan.facts.map((fact) => [fact.id, fact]));
  if (Object.keys(facts).some((id) => !known.has(id))) throw new Rejected("FA001");
  const parts = new Map();
  for (const fact of plan.facts) {
    if (Object.hasOwn(facts, fact.id)) parts.set(fact.id, read(fact, facts[fact.id], plan));
  }
  return Object.fromEntries(plan.inputs.map(({ name, fact, part }) => [name, parts.get(fact)?.[part] ?? null]));
}

/** Which parts of a fact are stated: its `value`, that it is `unknown`, that it has not happened (`none`). */
function read(fact, value, plan) {
  if (fact.kind === "readings") return readings(value, plan);
  if (fact.values?.some(({ id }) => id === value)) return { value };
  if (UNKNOWN.includes(value)) return { unknown: true };
  switch (fact.kind) {
    case "bool":
      return typed(value, typeof value === "boolean");
    case "integer":
      return typed(value, Number.isSafeInteger(value));
    case "enum": case "ordinal":
      return typed(value, typeof value === "string");
    case "date":
      return value === null ? { none: true } : { value: day(value) };
    case "datetime":
      return value === null ? { none: true } : { value: instant(value) };
    default:
      throw new Error(`a kind of facts that this runner does not know: ${fact.kind}`);
  }
}

function typed(value, right) {
  if (!right) throw new Rejected("FA002");
  return { value };
}

/** A portable plan stands under one choice of readings; an incident may only name that one. */
function readings(value, plan) {
  if (value === null || value === "defaults" || UNKNOWN.includes(value)) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw new Rejected("FA002");
  for (const [id, option] of Object.entries(value)) {
    if (!Object.hasOwn(plan.readings, id)) throw new Rejected("FA006");
    if (plan.readings[id] !== option) throw new Error(`this portable plan reads ${id} as ${plan.readings[id]}`);
  }
  return {};
}

/** `2025-03-10` -> 20250310. */
function day(text) {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\d$/.test(text)) throw new Rejected("FA005");
  return number(utc(text, "00:00:00"), 8);
}

/** `2025-05-20T09:41`, with seconds or an offset if need be -> 20250520094100, China Standard Time. */
function instant(text) {
  const found = typeof text === "string" && /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (!found) throw new Rejected("FA005");
  const [, date, minutes, seconds = ":00", offset] = found;
  const wall = utc(date, minutes + seconds);
  return number(offset === undefined ? wall : wall + (8 * 60 - minutesOf(offset)) * 60_000, 14);
}

function utc(date, time) {
  const written = `${date}T${time}.000Z`;
  const found = Date.parse(written);
  // Date.parse moves 30 February into March, and 24:00 to the next day.
  if (Number.isNaN(found) || new Date(found).toISOString() !== written) throw new Rejected("FA005");
  return found;
}

function minutesOf(offset) {
  if (offset === "Z") return 0;
  const [hours, minutes] = offset.slice(1).split(":").map(Number);
  if (hours > 23 || minutes > 59) throw new Rejected("FA005");
  return (offset[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
}

function number(milliseconds, digits) {
  return Number(new Date(milliseconds).toISOString().replace(/\D/g, "").slice(0, digits));
}

// ------------------------------------------------------------------ 3. values -> the answer

function answer(plan, data) {
  const found = { tier: null, excluded: false, clauses: [], open: [], duties: [], prohibitions: [], permissions: [] };
  Object.assign(found, { pending_duties: {}, pending_permissions: {}, handoffs: [] });
  for (const { kind, subject, logic } of plan.answers) {
    const value = jsonLogic.apply(logic, data);
    if (kind === "rejected" && value !== null) return { rejected: value };
    if (kind === "tier") found.tier = value;
    if (kind === "excluded") found.excluded = value;
    if (kind in LISTS && value === true) found[LISTS[kind]].push(subject);
    if (kind === "clause" && value === null) found.open.push(subject);
    if (kind in STATES && value !== null) found[STATES[kind]][subject] = value;
  }
  return found;
}
