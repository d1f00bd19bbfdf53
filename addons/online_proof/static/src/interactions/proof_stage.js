/**
 * The page on its stage: panning, zooming with mouse, touch and keys, and the regions at full
 * resolution that are fetched when the preview is not sharp enough any more.
 */

const MAX_SCALE = 2;
const CLICK_DISTANCE = 6;
const PARALLEL_TILES = 3;
const BUSY_RETRIES = 30;
const MARGIN = 12;

export class ProofStage {
    /**
     * @param {HTMLElement} el the stage
     * @param {Object} options `tileUrl(page, column, row)`, `tileSize`, `onSharpen(squares)`, `onTap(point)`, `onChange()`
     */
    constructor(el, options) {
        this.el = el;
        this.options = options;
        this.sheet = el.querySelector(".o_proof_sheet");
        this.preview = el.querySelector(".o_proof_preview");
        this.tiles = el.querySelector(".o_proof_tiles");
        this.toolbar = el.parentElement.querySelector(".o_proof_toolbar");
        this.pointers = new Map();
        this.page = null;
        this.scale = 1;
        this.x = this.y = 0;
        this.loading = 0;
        this.queue = [];
        this.signal = new AbortController();
        const listen = (name, handler, extra = {}) =>
            el.addEventListener(name, handler.bind(this), { signal: this.signal.signal, ...extra });
        listen("wheel", this.onWheel, { passive: false });
        listen("pointerdown", this.onPointerDown);
        listen("pointermove", this.onPointerMove);
        listen("pointerup", this.onPointerUp);
        listen("pointercancel", this.onPointerUp);
        this.resizeObserver = new ResizeObserver(() => this.page && this.onResize());
        this.resizeObserver.observe(el);
    }

    destroy() {
        this.signal.abort();
        this.resizeObserver.disconnect();
    }

    // Geometry ---------------------------------------------------------------

    /** Where the page begins: below the floating toolbar, which has two rows in a narrow window. */
    get top() {
        return this.toolbar.offsetTop + this.toolbar.offsetHeight + MARGIN / 2;
    }

    get fitScale() {
        return Math.min(
            (this.el.clientWidth - 2 * MARGIN) / this.page.zoomWidth,
            (this.el.clientHeight - this.top - MARGIN) / this.page.zoomHeight
        );
    }

    get maxScale() {
        return Math.max(MAX_SCALE, this.fitScale * 4);
    }

    get isFit() {
        return this.scale <= this.fitScale * 1.02;
    }

    setPage(page) {
        this.page = page;
        this.tiles.replaceChildren();
        this.queue = [];
        this.fit();
    }

    fit() {
        this.scale = this.fitScale;
        this.place();
    }

    onResize() {
        // fitted to the place that there was: opening a panel or turning a phone makes it smaller
        if (this.scale <= this.placedFit * 1.02 || this.scale < this.fitScale) {
            this.fit();
        } else {
            this.place();
        }
    }

    /** Zoom by a factor, keeping the point (client coordinates; the middle by default) where it is. */
    zoomBy(factor, clientX, clientY) {
        const box = this.el.getBoundingClientRect();
        const px = (clientX ?? box.left + box.width / 2) - box.left;
        const py = (clientY ?? box.top + box.height / 2) - box.top;
        const scale = Math.min(Math.max(this.scale * factor, this.fitScale), this.maxScale);
        this.x = px - ((px - this.x) * scale) / this.scale;
        this.y = py - ((py - this.y) * scale) / this.scale;
        this.scale = scale;
        this.place();
    }

    panBy(dx, dy) {
        this.x += dx;
        this.y += dy;
        this.place();
    }

    /** Bring a spot (fractions of the page) into the middle, enlarged where the whole page was shown. */
    focusOn(fx, fy, factor = 1) {
        this.scale = Math.min(Math.max(this.scale, this.fitScale * factor), this.maxScale);
        this.x = this.el.clientWidth / 2 - fx * this.page.zoomWidth * this.scale;
        this.y = this.el.clientHeight / 2 - fy * this.page.zoomHeight * this.scale;
        this.place();
    }

    place() {
        this.placedFit = this.fitScale;
        const width = this.page.zoomWidth * this.scale;
        const height = this.page.zoomHeight * this.scale;
        const keep = (value, size, before, after) =>
            size <= after - before
                ? (before + after - size) / 2
                : Math.min(Math.max(value, after - size), before);
        this.x = keep(this.x, width, MARGIN, this.el.clientWidth - MARGIN);
        this.y = keep(this.y, height, this.top, this.el.clientHeight - MARGIN);
        Object.assign(this.sheet.style, {
            width: `${width}px`,
            height: `${height}px`,
            transform: `translate(${this.x}px, ${this.y}px)`,
        });
        this.el.classList.toggle("o_proof_zoomed", !this.isFit);
        this.requestTiles();
        this.options.onChange();
    }

    /** Return the spot under a point of the window as fractions of the page, or null beside it. */
    spotAt(clientX, clientY) {
        const box = this.sheet.getBoundingClientRect();
        const spot = { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
        return spot.x >= 0 && spot.x <= 1 && spot.y >= 0 && spot.y <= 1 ? spot : null;
    }

    // Regions at full zoom ----------------------------------------------------

    needsTiles(scale = this.scale) {
        const shown = this.page.zoomWidth * scale * (window.devicePixelRatio || 1);
        return this.page.state === "ready" && shown > (this.preview.naturalWidth || 1e9) * 1.1;
    }

    requestTiles() {
        clearTimeout(this.tileTimer);
        if (!this.page || !this.needsTiles()) {
            return;
        }
        // while the fingers still move nothing is fetched
        this.tileTimer = setTimeout(() => {
            const left = -this.x / this.scale;
            const top = -this.y / this.scale;
            const right = left + this.el.clientWidth / this.scale;
            const bottom = top + this.el.clientHeight / this.scale;
            this.queueTiles(this.tiles, left, top, right, bottom);
            this.options.onSharpen([...this.squares(left, top, right, bottom)]);
        }, 120);
    }

    /** Yield the squares that cover a rectangle (pixels at full zoom). */
    *squares(left, top, right, bottom) {
        const size = this.options.tileSize;
        const { zoomWidth, zoomHeight } = this.page;
        const lastRow = Math.min(Math.ceil(zoomHeight / size), Math.ceil(bottom / size));
        const lastColumn = Math.min(Math.ceil(zoomWidth / size), Math.ceil(right / size));
        for (let row = Math.max(0, Math.floor(top / size)); row < lastRow; row++) {
            for (let column = Math.max(0, Math.floor(left / size)); column < lastColumn; column++) {
                yield {
                    name: `${column}-${row}`,
                    column,
                    row,
                    left: column * size,
                    top: row * size,
                    width: Math.min(size, zoomWidth - column * size),
                    height: Math.min(size, zoomHeight - row * size),
                };
            }
        }
    }

    /** Fetch the squares that cover a rectangle (pixels at full zoom) into a layer. */
    queueTiles(layer, left, top, right, bottom) {
        for (const square of this.squares(left, top, right, bottom)) {
            if (!layer.querySelector(`[data-tile="${square.name}"]`)) {
                this.queue.push(this.makeTile(layer, square));
            }
        }
        this.loadNext();
    }

    makeTile(layer, { name, column, row, left, top, width, height }) {
        const { zoomWidth, zoomHeight } = this.page;
        const image = document.createElement("img");
        image.dataset.tile = name;
        image.alt = "";
        image.draggable = false;
        image.style.left = `${(left / zoomWidth) * 100}%`;
        image.style.top = `${(top / zoomHeight) * 100}%`;
        image.style.width = `${(width / zoomWidth) * 100}%`;
        image.style.height = `${(height / zoomHeight) * 100}%`;
        layer.append(image);
        return { image, url: this.options.tileUrl(this.page, column, row), tries: 0 };
    }

    loadNext() {
        while (this.loading < PARALLEL_TILES && this.queue.length) {
            const tile = this.queue.shift();
            if (!tile.image.isConnected) {
                continue;
            }
            this.loading++;
            tile.image.onload = () => {
                tile.image.classList.add("o_proof_tile_ready");
                this.tileDone();
            };
            tile.image.onerror = () => {
                // the server renders only a few at a time: ask again later
                tile.tries++;
                if (tile.tries < BUSY_RETRIES && !this.signal.signal.aborted) {
                    setTimeout(() => {
                        this.queue.push(tile);
                        this.loadNext();
                    }, 700);
                } else {
                    tile.image.remove();
                }
                this.tileDone();
            };
            tile.image.src = tile.tries ? `${tile.url}&try=${tile.tries}` : tile.url;
        }
    }

    tileDone() {
        this.loading--;
        this.loadNext();
    }

    // Mouse and touch -----------------------------------------------------------

    onWheel(ev) {
        if (!this.page) {
            return;
        }
        ev.preventDefault();
        this.zoomBy(Math.exp(-ev.deltaY * (ev.ctrlKey ? 0.01 : 0.0018)), ev.clientX, ev.clientY);
    }

    onPointerDown(ev) {
        if (!this.page || ev.button > 0 || ev.target.closest("button, input, a")) {
            return;
        }
        this.el.setPointerCapture(ev.pointerId);
        this.pointers.set(ev.pointerId, { x: ev.clientX, y: ev.clientY });
        this.moved = this.pointers.size > 1 ? Infinity : 0;
    }

    onPointerMove(ev) {
        const before = this.pointers.get(ev.pointerId);
        if (!before) {
            return;
        }
        const others = [...this.pointers.entries()].filter(([id]) => id !== ev.pointerId);
        if (others.length) {
            const other = others[0][1];
            const distance = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
            const now = { x: ev.clientX, y: ev.clientY };
            this.zoomBy(
                distance(now) / distance(before),
                (now.x + other.x) / 2,
                (now.y + other.y) / 2
            );
            this.panBy((now.x - before.x) / 2, (now.y - before.y) / 2);
        } else {
            this.moved += Math.hypot(ev.clientX - before.x, ev.clientY - before.y);
            if (this.moved > CLICK_DISTANCE) {
                this.panBy(ev.clientX - before.x, ev.clientY - before.y);
            }
        }
        this.pointers.set(ev.pointerId, { x: ev.clientX, y: ev.clientY });
    }

    onPointerUp(ev) {
        if (!this.pointers.delete(ev.pointerId) || this.pointers.size) {
            return;
        }
        if (ev.type === "pointerup" && this.moved <= CLICK_DISTANCE) {
            this.options.onTap(ev.clientX, ev.clientY);
        }
    }

    get isDragging() {
        return this.pointers.size > 0;
    }
}
