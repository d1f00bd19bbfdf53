import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The pages of a revision as a row of thumbnails. */
export class ProofPages extends Component {
    static template = "online_proof.ProofPages";
    static props = { ...standardFieldProps };

    get pages() {
        return this.props.record.data[this.props.name].records;
    }

    source(page) {
        return `/web/image/online.proof.page/${page.resId}/thumbnail`;
    }
}

registry.category("fields").add("online_proof_pages", {
    component: ProofPages,
    supportedTypes: ["one2many"],
    relatedFields: () => [
        { name: "number", type: "integer" },
        { name: "state", type: "selection", selection: [] },
    ],
});
