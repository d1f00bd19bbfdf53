import { Component, onMounted, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const INTERVAL = 20000;

/** Says in a form which colleagues look at the same record, so that two people do not answer one customer. */
export class DossierViewers extends Component {
    static template = "service_dossier.DossierViewers";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ names: [] });
        onMounted(() => {
            this.timer = browser.setInterval(() => this.look(), INTERVAL);
        });
        useEffect(
            (resId) => {
                this.look();
                return () => this.leave(resId);
            },
            () => [this.props.record.resId]
        );
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    get text() {
        return _t("Also looking at this now: %s", this.state.names.join(", "));
    }

    async look() {
        const { resModel, resId } = this.props.record;
        if (!resId || document.hidden) {
            return;
        }
        const names = await this.ask(resModel, "look", resId);
        if (resId === this.props.record.resId) {
            this.state.names = names || [];
        }
    }

    leave(resId) {
        this.state.names = [];
        if (resId) {
            this.ask(this.props.record.resModel, "leave", resId);
        }
    }

    /** Nobody is interrupted because the server is away, or the record is gone: what people do next says so. */
    async ask(model, method, resId) {
        try {
            return await this.orm.silent.call(model, method, [[resId]]);
        } catch {
            return null;
        }
    }
}

registry.category("view_widgets").add("dossier_viewers", { component: DossierViewers });
