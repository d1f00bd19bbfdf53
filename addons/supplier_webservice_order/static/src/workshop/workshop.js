/** @odoo-module ignore **/
// Sends a photo as soon as it is taken. Without scripts the form still works with its own button.
(function () {
    "use strict";

    function picture(photo, csrf, label) {
        const frame = document.createElement("div");
        frame.className = "ws-photo";
        const image = frame.appendChild(document.createElement("img"));
        image.src = photo.url;
        image.alt = "";
        if (photo.remove) {
            const form = frame.appendChild(document.createElement("form"));
            form.method = "post";
            form.action = photo.remove;
            const token = form.appendChild(document.createElement("input"));
            Object.assign(token, { type: "hidden", name: "csrf_token", value: csrf });
            const button = form.appendChild(document.createElement("button"));
            button.textContent = "×";
            button.setAttribute("aria-label", label);
        }
        return frame;
    }

    function show(part, photos) {
        const box = part.querySelector(".ws-photos");
        const csrf = part.querySelector("input[name=csrf_token]").value;
        box.replaceChildren(...photos.map((photo) => picture(photo, csrf, box.dataset.remove)));
        part.querySelector(".ws-count").textContent = photos.length;
        part.classList.toggle("ws-done", photos.length > 0);
    }

    function complain(errors) {
        const alert = document.querySelector(".ws-alert");
        alert.replaceChildren(
            ...errors.map((text) => {
                const line = document.createElement("div");
                line.textContent = text;
                return line;
            })
        );
        alert.hidden = !errors.length;
        if (errors.length) {
            alert.scrollIntoView({ block: "center" });
        }
    }

    /** Post a form; on a page that was open for longer than its visit, with the token of the new one. */
    async function post(form, body) {
        const answer = () =>
            fetch(form.action, {
                method: "POST",
                body,
                headers: { Accept: "application/json" },
            });
        const response = await answer();
        if (response.status !== 400) {
            return response;
        }
        const page = await (await fetch(window.location.href)).text();
        const renewed = new window.DOMParser()
            .parseFromString(page, "text/html")
            .querySelector("input[name=csrf_token]").value;
        for (const field of document.querySelectorAll("input[name=csrf_token]")) {
            field.value = renewed;
        }
        body.set("csrf_token", renewed);
        return answer();
    }

    async function send(form, input) {
        const part = form.closest(".ws-part");
        const progress = form.querySelector(".ws-progress");
        const body = new FormData();
        for (const name of ["csrf_token", "line_id"]) {
            body.append(name, form.elements[name].value);
        }
        for (const file of input.files) {
            body.append("photo", file);
        }
        part.classList.add("ws-busy");
        progress.classList.remove("ws-failed");
        progress.textContent = progress.dataset.sending;
        try {
            const response = await post(form, body);
            if (!response.ok) {
                throw new Error(response.status);
            }
            const answer = await response.json();
            show(part, answer.photos);
            complain(answer.errors);
            progress.textContent = answer.errors.length ? "" : progress.dataset.sent;
        } catch {
            progress.classList.add("ws-failed");
            progress.textContent = progress.dataset.failed;
        } finally {
            input.value = "";
            part.classList.remove("ws-busy");
        }
    }

    document.addEventListener("change", (ev) => {
        if (ev.target.matches(".ws-part input[type=file]") && ev.target.files.length) {
            send(ev.target.form, ev.target);
        }
    });
    document.addEventListener("submit", (ev) => {
        const box = ev.target.closest(".ws-photos");
        if (box && !window.confirm(box.dataset.confirm)) {
            ev.preventDefault();
        }
    });
    document.addEventListener("DOMContentLoaded", () => {
        for (const part of document.querySelectorAll(".ws-part")) {
            part.classList.toggle("ws-done", part.querySelectorAll(".ws-photos img").length > 0);
        }
    });
})();
