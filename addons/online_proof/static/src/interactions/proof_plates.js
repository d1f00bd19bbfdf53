import { _t } from "@web/core/l10n/translation";

/** The inks of a page, one by one or together, and how much of each is under the pointer. */

const PROCESS = {
    Cyan: _t("Cyan"),
    Magenta: _t("Magenta"),
    Yellow: _t("Yellow"),
    Black: _t("Black"),
};
const BUSY_RETRIES = 20;

export class ProofPlates {
    /**
     * @param {HTMLElement} root the viewer
     * @param {Object} stage
     * @param {Object} options `url(path)`
     */
    constructor(root, stage, options) {
        this.stage = stage;
        this.options = options;
        this.bar = root.querySelector(".o_proof_plates");
        this.list = root.querySelector(".o_proof_inks");
        this.note = root.querySelector(".o_proof_plates_note");
        this.canvas = root.querySelector(".o_proof_plate");
        this.button = root.querySelector("[data-tool=plates]");
        this.active = false;
        this.inks = [];
    }

    setActive(active) {
        this.active = active;
        this.bar.hidden = !active;
        this.button.setAttribute("aria-pressed", active);
        this.setPage();
    }

    /** Fetch the plates of the page that is shown; nothing is made for pages nobody asks about. */
    async setPage() {
        const page = this.stage.page;
        this.canvas.hidden = true;
        this.inks = [];
        this.list.replaceChildren();
        this.note.textContent = "";
        if (!this.active || page?.state !== "ready") {
            return;
        }
        this.note.textContent = _t("Separating the inks…");
        const answer = await this.fetchJson(`/inks/${page.id}`);
        const isCurrent = () => this.active && this.stage.page === page;
        if (!isCurrent()) {
            return;
        }
        if (!answer) {
            this.note.textContent = _t("The inks of this page cannot be shown.");
            return;
        }
        const picture = await this.load(this.options.url(`/plates/${page.id}`)).catch(() => null);
        if (!isCurrent()) {
            return;
        }
        if (!picture) {
            this.note.textContent = _t("The inks of this page cannot be shown.");
            return;
        }
        this.take(answer, picture);
    }

    async fetchJson(path) {
        for (let tries = 0; tries < BUSY_RETRIES; tries++) {
            const response = await fetch(this.options.url(path)).catch(() => null);
            if (response?.ok) {
                return response.json();
            }
            if (response?.status !== 503) {
                return null;
            }
            await new Promise((resolve) => setTimeout(resolve, 700));
        }
        return null;
    }

    load(source) {
        return new Promise((resolve, reject) => {
            const picture = document.createElement("img");
            picture.onload = () => resolve(picture);
            picture.onerror = reject;
            picture.src = source;
        });
    }

    /** Cut the sheet, on which the plates stand below each other, into inks. */
    take({ width, height, inks }, picture) {
        const sheet = document.createElement("canvas");
        sheet.width = width;
        sheet.height = height;
        const context = sheet.getContext("2d", { willReadFrequently: true });
        this.width = width;
        this.height = height;
        this.inks = inks.map((ink, index) => {
            context.drawImage(picture, 0, index * height, width, height, 0, 0, width, height);
            const { data } = context.getImageData(0, 0, width, height);
            return {
                ...ink,
                on: true,
                amounts: data.filter((_value, position) => position % 4 === 0),
            };
        });
        this.list.replaceChildren(...this.inks.map((ink) => this.makeInk(ink)));
        this.read(null);
        this.paint();
    }

    makeInk(ink) {
        const label = document.createElement("label");
        label.className = "o_proof_ink";
        const box = document.createElement("input");
        box.type = "checkbox";
        box.checked = ink.on;
        box.addEventListener("change", () => {
            ink.on = box.checked;
            this.paint();
        });
        const patch = document.createElement("i");
        patch.style.background = `rgb(${ink.color.join(",")})`;
        ink.value = document.createElement("b");
        label.append(box, patch, PROCESS[ink.name] || ink.name, " ", ink.value);
        return label;
    }

    /** Show the chosen inks; with all of them the page itself is shown, whose colors are exact. */
    paint() {
        const chosen = this.inks.filter((ink) => ink.on);
        this.canvas.hidden = !this.inks.length || chosen.length === this.inks.length;
        if (this.canvas.hidden) {
            return;
        }
        this.canvas.width = this.width;
        this.canvas.height = this.height;
        const context = this.canvas.getContext("2d");
        const picture = context.createImageData(this.width, this.height);
        const { data } = picture;
        data.fill(255);
        for (const { amounts, color } of chosen) {
            const steps = color.map((value) => (255 - value) / 255 / 255);
            for (let index = 0, place = 0; index < amounts.length; index++, place += 4) {
                const amount = amounts[index];
                if (amount) {
                    data[place] *= 1 - amount * steps[0];
                    data[place + 1] *= 1 - amount * steps[1];
                    data[place + 2] *= 1 - amount * steps[2];
                }
            }
        }
        context.putImageData(picture, 0, 0);
    }

    /** Say how much of each ink, and of all together, is at a spot (fractions of the page). */
    read(spot) {
        if (!this.active || !this.inks.length) {
            return;
        }
        let total = 0;
        for (const ink of this.inks) {
            const share = spot ? this.amountAt(ink, spot) : 0;
            total += share;
            ink.value.textContent = spot ? `${Math.round(share)} %` : "";
        }
        this.note.textContent = spot
            ? _t("Total ink: %s %", Math.round(total))
            : _t("Point at the page to read its inks.");
    }

    amountAt(ink, { x, y }) {
        const column = Math.min(Math.floor(x * this.width), this.width - 1);
        const row = Math.min(Math.floor(y * this.height), this.height - 1);
        return ink.amounts[row * this.width + column] / 2.55;
    }
}
