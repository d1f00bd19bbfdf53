import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { FileModel } from "@web/core/file_viewer/file_model";
import { useFileViewer } from "@web/core/file_viewer/file_viewer_hook";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { post } from "@web/core/network/http_service";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The photos of one purchase line: look, add, delete. */
export class PartPhotosDialog extends Component {
    static template = "supplier_webservice_order.PartPhotosDialog";
    static components = { Dialog };
    static props = {
        close: Function,
        lineId: Number,
        title: String,
        onChange: Function,
        readonly: { type: Boolean, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.viewer = useFileViewer();
        this.state = useState({ photos: [], errors: [], busy: true, dragging: false });
        this.load();
    }

    async load() {
        this.state.photos = await this.orm.call("purchase.order.line", "get_photos", [
            this.props.lineId,
        ]);
        this.state.busy = false;
    }

    open(photo) {
        const files = this.state.photos.map((each) =>
            Object.assign(new FileModel(), {
                id: each.attachment_id,
                name: each.name,
                mimetype: "image/jpeg",
                type: "binary",
            })
        );
        this.viewer.open(files[this.state.photos.indexOf(photo)], files);
    }

    onChange(ev) {
        this.upload(ev.target.files);
        ev.target.value = "";
    }

    onDrop(ev) {
        this.state.dragging = false;
        this.upload(ev.dataTransfer.files);
    }

    async upload(files) {
        if (!files.length) {
            return;
        }
        this.state.busy = true;
        this.state.errors = [];
        try {
            const answer = await post(`/supplier_webservice_order/photos/${this.props.lineId}`, {
                csrf_token: odoo.csrf_token,
                ufile: [...files],
            });
            this.state.errors = answer.errors;
            this.state.photos = answer.photos || this.state.photos;
            this.props.onChange();
        } catch {
            this.state.errors = [
                _t("The photos could not be sent. Check the connection and try again."),
            ];
        } finally {
            this.state.busy = false;
        }
    }

    remove(photo) {
        this.dialog.add(ConfirmationDialog, {
            body: _t("Delete this photo?"),
            confirmLabel: _t("Delete"),
            confirm: async () => {
                await this.orm.unlink("purchase.line.photo", [photo.id]);
                this.props.onChange();
                await this.load();
            },
            cancel: () => {},
        });
    }
}

/** Thumbnails in the list of purchase lines; a click opens the gallery. */
export class PartPhotosField extends Component {
    static template = "supplier_webservice_order.PartPhotosField";
    static props = { ...standardFieldProps };

    setup() {
        this.dialog = useService("dialog");
    }

    get isPart() {
        return !this.props.record.data.display_type && Boolean(this.props.record.data.product_id);
    }

    get photos() {
        return this.props.record.data[this.props.name].records
            .filter((photo) => photo.data.attachment_id)
            .map((photo) => ({ id: photo.resId, attachmentId: photo.data.attachment_id.id }));
    }

    get tooltip() {
        return this.props.record.resId
            ? _t("Photos of the part")
            : _t("Save the order before adding photos.");
    }

    async open(ev) {
        ev.stopPropagation();
        const lineId = this.props.record.resId;
        const title = this.props.record.data.product_id.display_name || _t("Photos");
        const { root } = this.env.model;
        // showing new thumbnails reloads the order, which would drop what is not saved
        if (!lineId || !(await root.save())) {
            return;
        }
        let changed = false;
        this.dialog.add(
            PartPhotosDialog,
            { lineId, title, onChange: () => (changed = true) },
            { onClose: () => changed && root.load() }
        );
    }
}

export const partPhotosField = {
    component: PartPhotosField,
    displayName: _t("Photos of a part"),
    supportedTypes: ["one2many"],
    relatedFields: [{ name: "attachment_id", type: "many2one", relation: "ir.attachment" }],
};

registry.category("fields").add("part_photos", partPhotosField);
