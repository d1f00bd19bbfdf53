import { CheckBox } from "@web/core/checkbox/checkbox";
import { registry } from "@web/core/registry";
import { BooleanField, booleanField } from "@web/views/fields/boolean/boolean_field";

/** A tick box that answers to the first click, also in a row that is not being edited. */
export class PartTickField extends BooleanField {
    static template = "supplier_webservice_order.PartTickField";
    static components = { CheckBox };

    async onTick(value) {
        this.state.value = value;
        await this.props.record.update({ [this.props.name]: value });
    }
}

registry.category("fields").add("part_tick", { ...booleanField, component: PartTickField });
