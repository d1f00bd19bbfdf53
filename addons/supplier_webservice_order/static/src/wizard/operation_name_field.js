import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

/** The name of an operation: one of those that the uploaded WSDL has. */
export class OperationNameField extends SelectionField {
    get options() {
        const names = (this.props.record.data.available_operations || "").split(", ");
        // another WSDL may have been uploaded since
        return [...new Set([...names, this.value])].filter(Boolean).map((name) => [name, name]);
    }

    get string() {
        return this.value || "";
    }

    onChange(value) {
        this.props.record.update({ [this.props.name]: value ?? false });
    }
}

registry.category("fields").add("operation_name", {
    ...selectionField,
    component: OperationNameField,
    supportedTypes: ["char"],
    fieldDependencies: [{ name: "available_operations", type: "char" }],
    isEmpty: (record, fieldName) => !record.data[fieldName],
});
