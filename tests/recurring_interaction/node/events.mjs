// Reads a calendar from standard input as Thunderbird and Nextcloud do (ical.js), answers with its dates as JSON.
// node events.mjs FOLDER-WITH-node_modules < feed.ics > [[start in UTC or date, end, summary], ...]
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const require = createRequire(path.join(process.argv[2], "package.json"));
const library = require("ical.js");
const ICAL = library.default ?? library;
const MOST = 100000;

const text = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString().slice(0, 16));
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(zone);
}
const events = calendar.getAllSubcomponents("vevent").map((component) => new ICAL.Event(component));
const found = [];
for (const event of events.filter((item) => !item.isRecurrenceException())) {
    if (!event.isRecurring()) {
        found.push([text(event.startDate), text(event.endDate), event.summary]);
        continue;
    }
    for (const other of events.filter((item) => item.isRecurrenceException() && item.uid === event.uid)) {
        event.relateException(other);
    }
    const dates = event.iterator();
    for (let date = dates.next(); date && found.length < MOST; date = dates.next()) {
        const { startDate, endDate, item } = event.getOccurrenceDetails(date);
        found.push([text(startDate), text(endDate), item.summary]);
    }
}
process.stdout.write(JSON.stringify(found.sort()));
