// node conformance.mjs FOLDER...: runs the corpus of each folder (plan.json, corpus.jsonl) and reports what differs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { decide } from "./runner.mjs";

let wrong = 0;
for (const folder of process.argv.slice(2)) {
  const plan = JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"));
  const cases = readFileSync(join(folder, "corpus.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  let same = 0;
  for (const [at, { facts, answer }] of cases.entries()) {
    const found = decide(plan, facts);
    if (isDeepStrictEqual(found, answer)) {
      same += 1;
    } else {
      wrong += 1;
      if (wrong <= 5) console.error(`line ${at + 1}: ${JSON.stringify({ facts, answer, found })}`);
    }
  }
  console.log(`${plan.plan.id}: ${same} of ${cases.length} the same`);
}
process.exit(wrong === 0 ? 0 : 1);
