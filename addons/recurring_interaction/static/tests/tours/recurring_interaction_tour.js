import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("recurring_interaction_tour", {
    steps: () => [
        { trigger: ".o_facet_value:contains(Active)" },
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=name] input", run: "edit Tour: call back" },
        {
            trigger: ".o_field_widget[name=end_type] input, .o_field_widget[name=end_type] select",
            run: "click",
        },
        {
            trigger:
                ".o_select_menu_item:contains(A number of times), .o_field_widget[name=end_type]:not(:has(input))",
            run: "click",
        },
        { trigger: ".o_field_widget[name=count] input", run: "edit 6 && click body" },
        { trigger: ".o_field_widget[name=summary]:contains(6 times)" },
        { trigger: "button[name=action_generate]:enabled", run: "click" },
        { trigger: ".modal .o_field_widget[name=added_count]:contains(6)" },
        { trigger: ".modal footer button[name=action_generate]", run: "click" },
        { trigger: ".o_list_view .o_data_cell:contains(Tour: call back)", run: "click" },
        { trigger: ".o_field_widget[name=interaction_ids] .o_data_row:eq(5)" },
    ],
});
