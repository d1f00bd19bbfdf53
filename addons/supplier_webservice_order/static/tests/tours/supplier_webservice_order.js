import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("supplier_webservice_order", {
    steps: () => [
        { content: "Order", trigger: "button[name=action_order_parts]", run: "click" },
        {
            content: "tick the first part",
            trigger: ".modal tr.o_data_row:contains(Part A) .o_part_tick input",
            run: "click",
        },
        {
            content: "tick the second part",
            trigger: ".modal tr.o_data_row:contains(Part B) .o_part_tick input",
            run: "click",
        },
        { content: "two parts are counted", trigger: ".modal [name=selected_count]:contains(2)" },
        { content: "order them", trigger: ".modal button[name=action_order]", run: "click" },
        {
            content: "our number, not saved yet",
            trigger: "[name=partner_ref] input",
            run: "edit B-77",
        },
        {
            content: "look at the photos",
            trigger: "tr.o_data_row:contains(Part A) .o_part_photos",
            run: "click",
        },
        { content: "close them", trigger: ".modal:has(.o_part_gallery) .btn-close", run: "click" },
        {
            content: "the number is still there",
            trigger: "body:not(:has(.modal)) [name=partner_ref] input:value(B-77)",
        },
        { content: "send the order", trigger: "button[name=action_communicate]", run: "click" },
        { content: "the e-mail opens", trigger: ".modal [name=subject]" },
        {
            content: "not now",
            trigger: ".modal .btn-close, .modal button[special=cancel]",
            run: "click",
        },
        { content: "the supplier has it", trigger: "button[name=action_ask_supplier]" },
    ],
});
