import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("service_dossier_portal", {
    steps: () => [
        {
            content: "Open the finished dossier",
            trigger: "tr:contains(Villa) td a",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "Open the form", trigger: ".o_dossier_composer > summary", run: "click" },
        { content: "A remark", trigger: "#message_type", run: "select remark" },
        { content: "Readers are named", trigger: ".o_dossier_readers:contains(Carla)" },
        { content: "Write", trigger: "#body", run: "edit When can you come?" },
        {
            content: "Save",
            trigger: ".o_dossier_composer button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "It is there", trigger: ".o_dossier_message:contains(When can you come?)" },
        { content: "Open the form again", trigger: ".o_dossier_composer > summary", run: "click" },
        { content: "A service request", trigger: "#message_type", run: "select service_request" },
        { content: "Not internal", trigger: "#audience:has(option[value=internal]:disabled)" },
        { content: "Write", trigger: "#body", run: "edit The motor is dead" },
        {
            content: "Save",
            trigger: ".o_dossier_composer button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "The dossier moved", trigger: ".o_dossier_stage:contains(Service request)" },
        {
            content: "By dimensions",
            trigger: "a.nav-link:contains(By dimensions)",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "Width", trigger: "#width", run: "edit 1202" },
        {
            content: "Search",
            trigger: ".o_dossier_search button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "A near match, not chosen yet",
            trigger: ".o_dossier_candidates:contains(Differs by)",
        },
        {
            content: "Choose it",
            trigger: ".o_dossier_candidates button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "It is free", trigger: ".o_dossier_lines:contains(Free of charge)" },
        {
            content: "Place the order",
            trigger: ".o_dossier_lines button:contains(Place order)",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "Placed", trigger: ".alert-success:contains(Your order was placed)" },
    ],
});
