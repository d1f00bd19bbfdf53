/** Pictures of inks: plates below each other on a sheet, and what they print together. */

/**
 * Return how much (0 to 255) of each ink is at every pixel.
 *
 * @param {HTMLImageElement} picture the sheet
 * @returns {Uint8Array[]}
 */
export function cutPlates(picture, width, height, count) {
    const sheet = document.createElement("canvas");
    sheet.width = width;
    sheet.height = height;
    const context = sheet.getContext("2d", { willReadFrequently: true });
    return Array.from({ length: count }, (_nothing, index) => {
        context.drawImage(picture, 0, index * height, width, height, 0, 0, width, height);
        const { data } = context.getImageData(0, 0, width, height);
        const amounts = new Uint8Array(width * height);
        for (let place = 0; place < amounts.length; place++) {
            amounts[place] = data[4 * place];
        }
        return amounts;
    });
}

/**
 * Paint what inks print together.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Object} plates `width`, `height`, `amounts` of each ink
 * @param {Object[]} inks with `on` and `color`
 */
export function paintPlates(canvas, { width, height, amounts }, inks) {
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    const picture = context.createImageData(width, height);
    const { data } = picture;
    data.fill(255);
    inks.forEach((ink, number) => {
        if (!ink.on) {
            return;
        }
        const steps = ink.color.map((value) => (255 - value) / 255 / 255);
        const plate = amounts[number];
        for (let index = 0, place = 0; index < plate.length; index++, place += 4) {
            const amount = plate[index];
            if (amount) {
                data[place] *= 1 - amount * steps[0];
                data[place + 1] *= 1 - amount * steps[1];
                data[place + 2] *= 1 - amount * steps[2];
            }
        }
    });
    context.putImageData(picture, 0, 0);
}

/** Load a picture; the server makes only a few at a time, so that one that is refused is asked for again. */
export async function loadPatiently(source, isWanted, tries = 20) {
    for (; tries > 0 && isWanted(); tries--) {
        const picture = document.createElement("img");
        picture.src = source;
        try {
            await picture.decode();
            return picture;
        } catch {
            await new Promise((resolve) => setTimeout(resolve, 700));
        }
    }
    return null;
}
