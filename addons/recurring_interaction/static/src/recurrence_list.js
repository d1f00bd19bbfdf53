import { _t } from "@web/core/l10n/translation";
import { useDropzone } from "@web/core/dropzone/dropzone_hook";
import { registry } from "@web/core/registry";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** A calendar file or invitation dropped on the list opens what would be planned of it. */
export class RecurrenceListController extends ListController {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.action = useService("action");
        useDropzone(this.rootRef, (event) => this.onFileDropped(event));
    }

    async onFileDropped(event) {
        const [file] = event.dataTransfer.files;
        if (!file) {
            return;
        }
        const content = (await getDataURLFromFile(file)).split(",")[1];
        const [id] = await this.orm.create("recurring.calendar.import", [
            { file: content, file_name: file.name },
        ]);
        await this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Calendar File"),
            res_model: "recurring.calendar.import",
            res_id: id,
            views: [[false, "form"]],
            target: "new",
        });
    }
}

registry.category("views").add("recurring_recurrence_list", {
    ...listView,
    Controller: RecurrenceListController,
});
