import { Component, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const POLL_MILLISECONDS = 1000;

/** Takes files dropped or chosen, shows how far the upload and then the pages are. */
export class ProofUpload extends Component {
    static template = "online_proof.ProofUpload";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.input = useRef("input");
        this.state = useState({ over: false, sending: 0, total: 0, ready: 0, errors: [] });
        this.poll();
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get percent() {
        return this.state.total ? Math.round((100 * this.state.ready) / this.state.total) : 0;
    }

    get progressText() {
        return _t("%(ready)s of %(total)s pages are ready", {
            ready: this.state.ready,
            total: this.state.total,
        });
    }

    onDrop(ev) {
        this.state.over = false;
        return this.upload([...ev.dataTransfer.files]);
    }

    async onChoose() {
        await this.upload([...this.input.el.files]);
        this.input.el.value = "";
    }

    async upload(files) {
        const { record } = this.props;
        if (!files.length || !(await record.save())) {
            return;
        }
        const body = new FormData();
        body.append("csrf_token", odoo.csrf_token);
        files.forEach((file) => body.append("files", file, file.name));
        this.state.errors = [];
        this.state.sending = files.length;
        try {
            const response = await fetch(`/online_proof/upload/${record.resId}`, {
                method: "POST",
                body,
            });
            this.readAnswer(
                response.status === 413
                    ? { error: _t("The files are too big.") }
                    : await response.json()
            );
        } catch {
            this.readAnswer({ error: _t("The upload was interrupted. Try again.") });
        } finally {
            this.state.sending = 0;
        }
        await record.load();
        await this.poll();
    }

    readAnswer({ error, results = [] }) {
        this.state.errors = results.filter((result) => result.error);
        for (const { name, note } of results.filter((result) => result.note)) {
            this.notification.add(`${name}: ${note}`, { type: "info", sticky: true });
        }
        if (error) {
            this.state.errors.push({ name: "", error });
        }
        const taken = results.length - results.filter((result) => result.error).length;
        if (taken) {
            this.notification.add(_t("%s file(s) uploaded", taken), { type: "success" });
        }
    }

    async poll() {
        clearTimeout(this.timer);
        const { record } = this.props;
        if (!record.resId) {
            return;
        }
        const before = this.waiting;
        const progress = await this.orm.silent.call("online.proof", "get_upload_progress", [
            [record.resId],
        ]);
        Object.assign(this.state, { total: progress.total, ready: progress.ready });
        this.waiting = !progress.prepared;
        if (this.waiting) {
            this.timer = setTimeout(() => this.poll(), POLL_MILLISECONDS);
        } else if (before && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("online_proof_upload", { component: ProofUpload });
