import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { Interaction } from "@web/public/interaction";

/**
 * The forms that write messages: fields by type, readers before sending, drag and drop,
 * upload with progress. Without it they are ordinary forms.
 */
export class DossierForm extends Interaction {
    static selector = ".o_dossier_form";
    dynamicContent = {
        _root: { "t-on-submit.prevent": this.onSubmit },
        "select[name=message_type]": { "t-on-change": this.onType },
        "[name=body], [name=subject], [name=recipients], [name=cc]": {
            "t-on-input": this.saveDraft,
        },
        "select[name=audience]": { "t-on-change": this.onAudience },
        "[name=recipients], [name=cc]": { "t-on-input": this.updateReaders },
        ".o_dossier_address_book button": { "t-on-click": this.onAddress },
        "input[name=files]": { "t-on-change": this.updateFiles },
        ".o_dossier_drop": {
            "t-on-dragover.prevent": () => this.toggleOver(true),
            "t-on-dragleave": () => this.toggleOver(false),
            "t-on-drop.prevent": this.onDrop,
        },
    };

    setup() {
        this.type = this.el.querySelector("select[name=message_type]");
        this.audience = this.el.querySelector("select[name=audience]");
        // the first takes files that are dropped, the others what a phone's camera makes
        this.fileInputs = [...this.el.querySelectorAll("input[name=files]")];
        this.allowed = JSON.parse(this.el.dataset.allowed || "{}");
    }

    start() {
        this.restoreDraft();
        if (this.type) {
            this.updateType();
        }
    }

    /** A draft is kept in this browser until the message is saved. */
    get draftKey() {
        const parent = this.el.querySelector("input[name=parent_id]")?.value || "new";
        return `o_dossier_draft:${user.userId}:${this.el.getAttribute("action")}:${parent}`;
    }

    get draftFields() {
        return this.el.querySelectorAll(
            "[name=body], [name=subject], [name=recipients], [name=cc]"
        );
    }

    saveDraft() {
        const draft = Object.fromEntries(
            [...this.draftFields].map((field) => [field.name, field.value])
        );
        draft.type = this.type?.value;
        draft.audience = this.audience?.value;
        browser.localStorage.setItem(this.draftKey, JSON.stringify(draft));
    }

    restoreDraft() {
        const draft = JSON.parse(browser.localStorage.getItem(this.draftKey) || "{}");
        if (this.type && !this.restoreReaders(draft)) {
            return;
        }
        for (const field of this.draftFields) {
            field.value ||= draft[field.name] || "";
        }
        if (draft.body) {
            this.el.closest("details")?.setAttribute("open", "open");
        }
    }

    /**
     * Choose the type and the readers that a draft was written for.
     *
     * @returns {boolean} false where these readers cannot be chosen: nobody else gets the text
     */
    restoreReaders(draft) {
        if (![...this.draftFields].some((field) => draft[field.name])) {
            return true;
        }
        // a link that asks for a type of its own goes first
        const asked = new URLSearchParams(window.location.search).get("add");
        const types = [...this.type.options].map((option) => option.value);
        const type = !asked && types.includes(draft.type) ? draft.type : this.type.value;
        if (draft.audience && !this.allowed[type]?.includes(draft.audience)) {
            return false;
        }
        this.type.value = type;
        this.audience.value = draft.audience || this.audience.value;
        return true;
    }

    onType() {
        this.updateType();
        this.saveDraft();
    }

    onAudience() {
        this.updateReaders();
        this.saveDraft();
    }

    /** Show what the chosen type needs and offer only the audiences that it allows. */
    updateType() {
        const { fields = "", addressed = "", refused = "" } = this.type.selectedOptions[0].dataset;
        for (const field of this.el.querySelectorAll("[data-field]")) {
            field.classList.toggle("d-none", !fields.split(" ").includes(field.dataset.field));
        }
        const allowed = this.allowed[this.type.value] || [];
        for (const option of this.audience.options) {
            option.disabled = option.hidden = !allowed.includes(option.value);
        }
        if (this.audience.selectedOptions[0]?.disabled !== false) {
            this.audience.value = allowed.includes("company") ? "company" : allowed[0];
        }
        const refusal = this.el.querySelector(".o_dossier_refused");
        refusal.textContent = refused;
        refusal.classList.toggle("d-none", !refused);
        this.el.querySelector("button[type=submit]").disabled = Boolean(refused);
        // an e-mail leaves at once
        this.el.querySelector(".o_dossier_save").classList.toggle("d-none", Boolean(addressed));
        this.el.querySelector(".o_dossier_send").classList.toggle("d-none", !addressed);
        this.updateReaders();
    }

    /** Say who will be able to read the message. */
    updateReaders() {
        const readers = [this.audience.selectedOptions[0]?.dataset.readers];
        const recipients = ["recipients", "cc"].map((name) =>
            this.el.querySelector(`[name=${name}]`).value.trim()
        );
        if (this.type.selectedOptions[0].dataset.addressed && recipients[0]) {
            readers.push(_t("Recipients: %s", recipients.filter(Boolean).join(", ")));
        }
        this.el.querySelector(".o_dossier_readers").textContent = readers
            .filter(Boolean)
            .join("; ");
    }

    /** Add an address of the dossier's address book to the recipients. */
    onAddress(ev) {
        const field = this.el.querySelector("[name=recipients]");
        const address = ev.currentTarget.dataset.address;
        if (!field.value.includes(address)) {
            field.value = [field.value.trim().replace(/[,;]$/, ""), address]
                .filter(Boolean)
                .join(", ");
        }
        this.updateReaders();
        this.saveDraft();
    }

    get chosenFiles() {
        return this.fileInputs.flatMap((input) => [...input.files]);
    }

    /** List the chosen files and refuse too large or too many ones before the upload. */
    updateFiles() {
        const list = this.el.querySelector(".o_dossier_chosen");
        const limit = Number(this.el.dataset.maxSize) * 1024 * 1024;
        list?.replaceChildren(
            ...this.chosenFiles.map((file) => {
                const item = document.createElement("li");
                item.textContent = `${file.name} (${Math.ceil(file.size / 1024)} kB)`;
                item.classList.toggle("text-danger", file.size > limit);
                return item;
            })
        );
        this.showProblem(this.fileProblem());
    }

    fileProblem() {
        const limit = Number(this.el.dataset.maxSize);
        const tooLarge = this.chosenFiles.find((file) => file.size > limit * 1024 * 1024);
        if (tooLarge) {
            return _t("The file “%(name)s” is larger than %(limit)s MB.", {
                name: tooLarge.name,
                limit,
            });
        }
        const most = Number(this.el.dataset.maxFiles);
        return this.chosenFiles.length > most
            ? _t("A message can carry %s files at most.", most)
            : "";
    }

    toggleOver(over) {
        this.el.querySelector(".o_dossier_drop").classList.toggle("o_dossier_over", over);
    }

    onDrop(ev) {
        this.toggleOver(false);
        const transfer = new DataTransfer();
        for (const file of [...this.fileInputs[0].files, ...ev.dataTransfer.files]) {
            transfer.items.add(file);
        }
        this.fileInputs[0].files = transfer.files;
        this.updateFiles();
    }

    showProblem(text) {
        const box = this.el.querySelector(".o_dossier_problem");
        box.textContent = text;
        box.classList.toggle("d-none", !text);
    }

    onSubmit() {
        const problem = this.fileProblem();
        this.showProblem(problem);
        if (problem) {
            return;
        }
        const button = this.el.querySelector("button[type=submit]");
        const progress = this.el.querySelector(".progress");
        const bar = progress.querySelector(".progress-bar");
        button.disabled = true;
        progress.classList.toggle("d-none", !this.chosenFiles.length);
        const request = new XMLHttpRequest();
        request.open("POST", this.el.getAttribute("action"));
        request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
        request.upload.addEventListener("progress", (ev) => {
            const percent = ev.lengthComputable ? Math.round((100 * ev.loaded) / ev.total) : 0;
            bar.style.width = `${percent}%`;
            progress.setAttribute("aria-valuenow", percent);
        });
        const failed = (text) => {
            button.disabled = false;
            progress.classList.add("d-none");
            this.showProblem(text);
        };
        request.addEventListener("error", () =>
            failed(_t("The connection failed. Nothing was saved; please try again."))
        );
        request.addEventListener("load", () => {
            let answer = {};
            try {
                answer = JSON.parse(request.responseText);
            } catch {
                answer = {
                    problem: _t("This could not be saved. Please reload the page and try again."),
                };
            }
            if (answer.url) {
                browser.localStorage.removeItem(this.draftKey);
                window.location = answer.url;
            } else {
                failed(answer.problem);
            }
        });
        request.send(new FormData(this.el));
    }
}

registry.category("public.interactions").add("service_dossier.dossier_form", DossierForm);
