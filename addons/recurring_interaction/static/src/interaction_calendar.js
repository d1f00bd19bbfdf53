import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { calendarView } from "@web/views/calendar/calendar_view";
import { CalendarModel } from "@web/views/calendar/calendar_model";

/** More than anybody can read in one view; what is beyond is said, not loaded. */
export const MOST_RECORDS = 1000;

/** Reads a bounded number of interactions, however many the chosen period and filters have. */
export class InteractionCalendarModel extends CalendarModel {
    /** @override */
    async fetchRecords(data) {
        const { context, fieldNames, resModel } = this.meta;
        const names = [...new Set([...fieldNames, ...Object.keys(this.meta.activeFields)])];
        const options = { context, limit: MOST_RECORDS + 1 };
        const records = await this.orm.searchRead(
            resModel,
            this.computeDomain(data),
            names,
            options
        );
        if (records.length > MOST_RECORDS) {
            records.pop();
            this.notification.add(
                _t(
                    "Only the first 1,000 interactions of this period are shown. Filter by person, or choose a shorter period."
                ),
                { type: "warning" }
            );
        }
        return records;
    }
}

registry.category("views").add("recurring_interaction_calendar", {
    ...calendarView,
    Model: InteractionCalendarModel,
});
