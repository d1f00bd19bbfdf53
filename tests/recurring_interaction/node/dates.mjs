// Reads rules as JSON from standard input, answers with the dates that rrule-temporal gives for each.
// node dates.mjs FOLDER-WITH-node_modules < [{start, rule, last}, ...] > [[date, ...] or null, ...]
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const require = createRequire(path.join(process.argv[2], "package.json"));
const { Temporal } = require("temporal-polyfill");
globalThis.Temporal ??= Temporal;
const { RRuleTemporal } = require("rrule-temporal");

const answers = JSON.parse(readFileSync(0, "utf8")).map(({ start, rule, last }) => {
    try {
        const text = `DTSTART;TZID=UTC:${start.replaceAll("-", "")}T120000\nRRULE:${rule}`;
        const from = Temporal.ZonedDateTime.from(`${start}T00:00:00[UTC]`);
        const to = Temporal.ZonedDateTime.from(`${last}T23:59:59[UTC]`);
        const found = new RRuleTemporal({ rruleString: text, temporal: Temporal }).between(from, to, true);
        return found.map((moment) => moment.toPlainDate().toString());
    } catch (error) {
        return [`error: ${error.message}`];
    }
});
process.stdout.write(JSON.stringify(answers));
