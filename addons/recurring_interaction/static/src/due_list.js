import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** Dates that are issued in one go: what was issued is kept, whatever comes after it. */
const PORTION = 20;

/** Issues dates portion by portion, shows how far it is, and keeps the result until it is closed. */
export class IssueDialog extends Component {
    static template = "recurring_interaction.IssueDialog";
    static components = { Dialog };
    static props = { ids: Array, onIssued: Function, close: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ done: 0, issued: 0, reasons: [], isRunning: true });
        this.isStopped = false;
        onMounted(() => this.issue());
        onWillUnmount(() => this.stop());
    }

    get percent() {
        return Math.round((100 * this.state.done) / this.props.ids.length);
    }

    get summary() {
        const { done, issued } = this.state;
        return _t("Dates: %(done)s of %(all)s, invoices issued: %(issued)s.", {
            done,
            all: this.props.ids.length,
            issued,
        });
    }

    stop() {
        this.isStopped = true;
    }

    async issue() {
        const { ids } = this.props;
        while (this.state.done < ids.length && !this.isStopped) {
            const portion = ids.slice(this.state.done, this.state.done + PORTION);
            await this.issuePortion(portion);
            this.state.done += portion.length;
        }
        this.state.isRunning = false;
        await this.props.onIssued();
    }

    async issuePortion(ids) {
        try {
            const { issued, reasons } = await this.orm.call(
                "recurring.interaction",
                "issue_dates",
                [ids]
            );
            this.state.issued += issued;
            this.keep(reasons);
        } catch (error) {
            // the others go on; the reason is shown with the rest
            this.keep([error.data?.message ?? error.message]);
        }
    }

    keep(reasons) {
        this.state.reasons = [...new Set([...this.state.reasons, ...reasons])];
    }
}

export class DueListController extends ListController {
    setup() {
        super.setup();
        this.dialog = useService("dialog");
    }

    async beforeExecuteActionButton(clickParams) {
        if (clickParams.name !== "action_issue") {
            return super.beforeExecuteActionButton(clickParams);
        }
        const ids = await this.model.root.getResIds(true);
        this.dialog.add(IssueDialog, { ids, onIssued: () => this.model.load() });
        return false;
    }
}

registry.category("views").add("recurring_due_list", {
    ...listView,
    Controller: DueListController,
});
