import { _t } from "@web/core/l10n/translation";
import { cutPlates, loadPatiently, paintPlates } from "./proof_inks";

/** The inks of a page, one by one or together, and how much of each is at a spot. */

const PROCESS = {
    Cyan: _t("Cyan"),
    Magenta: _t("Magenta"),
    Yellow: _t("Yellow"),
    Black: _t("Black"),
};
const BUSY_RETRIES = 20;
// the page's own squares take three of the server's four places
const PARALLEL_SQUARES = 1;
// a square has up to a megabyte for each ink
const MOST_SQUARES = 12;

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
        this.layer = root.querySelector(".o_proof_plate_squares");
        this.button = root.querySelector("[data-tool=plates]");
        this.active = false;
        this.touched = window.matchMedia("(hover: none)").matches;
        this.forget();
    }

    forget() {
        this.inks = [];
        this.whole = null;
        this.squares = new Map();
        this.queue = [];
        this.pending = new Set();
        this.layer.replaceChildren();
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
        this.canvas.hidden = this.layer.hidden = true;
        this.forget();
        this.list.replaceChildren();
        this.note.textContent = "";
        if (!this.active || page?.state !== "ready") {
            return;
        }
        this.note.textContent = _t("Separating the inks…");
        const isCurrent = () => this.active && this.stage.page === page;
        const answer = await this.fetchInks(page);
        const picture =
            answer && isCurrent()
                ? await loadPatiently(this.options.url(`/plates/${page.id}`), isCurrent, 3)
                : null;
        if (!isCurrent()) {
            return;
        }
        if (picture) {
            this.take(answer, picture);
        } else {
            this.note.textContent = _t("The inks of this page cannot be shown.");
        }
    }

    async fetchInks(page) {
        for (let tries = 0; tries < BUSY_RETRIES; tries++) {
            const response = await fetch(this.options.url(`/inks/${page.id}`)).catch(() => null);
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

    take({ width, height, inks }, picture) {
        const amounts = cutPlates(picture, width, height, inks.length);
        this.whole = { width, height, amounts, canvas: this.canvas };
        this.inks = inks.map((ink) => ({ ...ink, on: true }));
        this.list.replaceChildren(...this.inks.map((ink) => this.makeInk(ink)));
        this.read(null);
        this.paint();
        this.stage.requestTiles();
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
        const all = this.inks.every((ink) => ink.on);
        this.canvas.hidden = this.layer.hidden = all;
        if (!all) {
            for (const plates of [this.whole, ...this.squares.values()]) {
                paintPlates(plates.canvas, plates, this.inks);
            }
        }
    }

    // Squares at full zoom ------------------------------------------------------

    /** Fetch the squares of what is shown enlarged: there the amounts are those of the full resolution. */
    sharpen(squares) {
        if (!this.active || !this.whole) {
            return;
        }
        this.queue = squares.filter(
            ({ name }) => !this.squares.has(name) && !this.pending.has(name)
        );
        const wanted = new Set(squares.map((square) => square.name));
        for (const [name, { canvas }] of this.squares) {
            if (this.squares.size + this.queue.length > MOST_SQUARES && !wanted.has(name)) {
                this.squares.delete(name);
                canvas.remove();
            }
        }
        this.loadNext();
    }

    loadNext() {
        const { page } = this.stage;
        while (this.pending.size < PARALLEL_SQUARES && this.queue.length) {
            this.load(page, this.queue.shift());
        }
    }

    async load(page, square) {
        const { pending, whole } = this;
        const isWanted = () => this.whole === whole;
        pending.add(square.name);
        const path = `/plates/${page.id}/${square.column}/${square.row}`;
        const picture = await loadPatiently(this.options.url(path), isWanted);
        pending.delete(square.name);
        if (isWanted()) {
            if (picture) {
                this.takeSquare(square, picture);
            }
            this.loadNext();
        }
    }

    takeSquare(square, picture) {
        const { left, top, width, height } = square;
        const { zoomWidth, zoomHeight } = this.stage.page;
        const canvas = document.createElement("canvas");
        Object.assign(canvas.style, {
            left: `${(left / zoomWidth) * 100}%`,
            top: `${(top / zoomHeight) * 100}%`,
            width: `${(width / zoomWidth) * 100}%`,
            height: `${(height / zoomHeight) * 100}%`,
        });
        canvas.dataset.square = square.name;
        const amounts = cutPlates(picture, width, height, this.inks.length);
        const plates = { ...square, amounts, canvas };
        this.squares.set(square.name, plates);
        paintPlates(canvas, plates, this.inks);
        this.layer.append(canvas);
    }

    // Amounts -------------------------------------------------------------------

    /** Say how much of each ink, and of all together, is at a spot (fractions of the page). */
    read(spot) {
        if (!this.active || !this.whole) {
            return;
        }
        const amounts = spot && this.amountsAt(spot);
        this.inks.forEach((ink, index) => {
            ink.value.textContent = spot ? `${Math.round(amounts[index])} %` : "";
        });
        if (spot) {
            const total = amounts.reduce((sum, amount) => sum + amount, 0);
            this.note.textContent = _t("Total ink: %s %", Math.round(total));
        } else {
            this.note.textContent = this.touched
                ? _t("Tap the page to read its inks.")
                : _t("Point at the page to read its inks.");
        }
    }

    /** Return how many percent of each ink are at a spot, from the sharpest plates that are there. */
    amountsAt({ x, y }) {
        const { zoomWidth, zoomHeight } = this.stage.page;
        const [column, row] = [Math.floor(x * zoomWidth), Math.floor(y * zoomHeight)];
        for (const plates of this.squares.values()) {
            const [across, down] = [column - plates.left, row - plates.top];
            if (across >= 0 && across < plates.width && down >= 0 && down < plates.height) {
                return plates.amounts.map((plate) => plate[down * plates.width + across] / 2.55);
            }
        }
        const { width, height, amounts } = this.whole;
        const across = Math.min(Math.floor(x * width), width - 1);
        const down = Math.min(Math.floor(y * height), height - 1);
        return amounts.map((plate) => plate[down * width + across] / 2.55);
    }
}
