import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const hasNoPicture = () => {
    if (document.querySelector(".o_dossier_body img")) {
        throw new Error("The picture was loaded before anybody asked for it.");
    }
};

const LEAVE_AND_COME_BACK = [
    {
        content: "Leave the page",
        trigger: ".breadcrumb a[href='/my/dossiers']",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "Come back",
        trigger: "tr:contains(Villa) td a",
        run: "click",
        expectUnloadPage: true,
    },
];

registry.category("web_tour.tours").add("service_dossier_messages", {
    steps: () => [
        {
            content: "No picture is loaded by itself",
            trigger: "a.o_dossier_remote_picture",
            run: hasNoPicture,
        },
        { content: "Ask for it", trigger: "a.o_dossier_remote_picture", run: "click" },
        { content: "It shows", trigger: ".o_dossier_body img[src*='placeholder.png']" },
        { content: "Open the form", trigger: ".o_dossier_composer > summary", run: "click" },
        { content: "An e-mail", trigger: "#message_type", run: "select email" },
        {
            content: "From the address book",
            trigger: ".o_dossier_address_book button[data-address='bob@y.example']",
            run: "click",
        },
        { content: "Filled in", trigger: "#recipients:value(bob@y.example)" },
        { content: "Readers are named", trigger: ".o_dossier_readers:contains(bob@y.example)" },
        { content: "A copy", trigger: "#cc", run: "edit cc@x.example" },
        { content: "Subject", trigger: "#subject", run: "edit Begun" },
        { content: "Text", trigger: "#body", run: "edit Not finished yet" },
        ...LEAVE_AND_COME_BACK,
        {
            content: "The form is open, the text is there",
            trigger: "#body:value(Not finished yet)",
        },
        { content: "It is an e-mail", trigger: "#message_type:value(email)" },
        { content: "So are the addresses", trigger: "#cc:value(cc@x.example)" },
        {
            content: "Send",
            trigger: ".o_dossier_composer button[type=submit]:contains(Send)",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "It left", trigger: ".alert-success:contains(Your e-mail is on its way.)" },
        {
            content: "The draft is gone",
            trigger: ".o_dossier_composer:not([open])",
            run: () => {
                if (
                    Object.keys(browser.localStorage).some((key) =>
                        key.startsWith("o_dossier_draft")
                    )
                ) {
                    throw new Error("The draft was kept.");
                }
            },
        },
    ],
});

registry.category("web_tour.tours").add("service_dossier_internal_draft", {
    steps: () => [
        { content: "Open the form", trigger: ".o_dossier_composer > summary", run: "click" },
        { content: "A remark", trigger: "#message_type", run: "select remark" },
        { content: "Text", trigger: "#body", run: "edit We pay too much" },
        { content: "For us alone", trigger: "#audience", run: "select internal" },
        ...LEAVE_AND_COME_BACK,
        { content: "The text is there", trigger: "#body:value(We pay too much)" },
        { content: "It is for us alone", trigger: "#audience:value(internal)" },
        {
            content: "Readers are named",
            trigger: ".o_dossier_readers",
            run: ({ anchor }) => {
                if (
                    anchor.textContent !==
                    document.querySelector("#audience").selectedOptions[0].dataset.readers
                ) {
                    throw new Error("Other readers are named.");
                }
            },
        },
        {
            content: "Save",
            trigger: ".o_dossier_composer button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "It is there", trigger: ".o_dossier_internal:contains(We pay too much)" },
    ],
});
