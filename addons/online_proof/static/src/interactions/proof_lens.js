/** A magnifying glass that follows the mouse over the page while the whole page is shown. */

const MAGNIFICATION = 2.6;

export class ProofLens {
    constructor(stage) {
        this.stage = stage;
        this.el = stage.el.querySelector(".o_proof_lens");
        this.sheet = this.el.querySelector(".o_proof_lens_sheet");
        this.enabled = window.matchMedia("(hover: hover) and (pointer: fine)").matches;
    }

    setPage(source) {
        const picture = document.createElement("img");
        picture.src = source;
        picture.alt = "";
        this.sheet.replaceChildren(picture);
    }

    hide() {
        this.el.hidden = true;
    }

    /** Show the glass at a point of the window, or hide it where there is nothing to magnify. */
    move(clientX, clientY) {
        const { stage } = this;
        const spot =
            this.enabled && stage.page?.state === "ready" ? stage.spotAt(clientX, clientY) : null;
        if (!spot || !stage.isFit || stage.isDragging) {
            this.hide();
            return;
        }
        this.el.hidden = false;
        const box = stage.el.getBoundingClientRect();
        const scale = Math.min(stage.scale * MAGNIFICATION, stage.maxScale);
        const width = stage.page.zoomWidth * scale;
        const height = stage.page.zoomHeight * scale;
        const size = this.el.offsetWidth;
        Object.assign(this.sheet.style, {
            width: `${width}px`,
            height: `${height}px`,
            transform: `translate(${size / 2 - spot.x * width}px, ${size / 2 - spot.y * height}px)`,
        });
        this.el.style.transform = `translate(${clientX - box.left - size / 2}px, ${clientY - box.top - size / 2}px)`;
        if (stage.needsTiles(scale)) {
            clearTimeout(this.timer);
            this.timer = setTimeout(() => this.sharpen(spot, size / scale / 2), 200);
        }
    }

    sharpen(spot, radius) {
        const { page } = this.stage;
        const x = spot.x * page.zoomWidth;
        const y = spot.y * page.zoomHeight;
        this.stage.queueTiles(this.sheet, x - radius, y - radius, x + radius, y + radius);
    }
}
