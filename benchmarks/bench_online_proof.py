"""Preparing proofs beside the bare rasteriser, the first page of a long file, the proof page."""

import io
import re
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pikepdf
import psutil
import requests
from PIL import Image

from benchmarks import proof_engine
from tests.online_proof.helpers import Shop, make_pdf, new_proof
from tools.rpc import Rpc
from tools.settings import ADDONS_DIR

ROUNDS = 3
PREVIEW_SIDE = 1403
#: As many as the addon renders with (engine.const.PARALLEL_PROCESSES).
PROCESSES = 2


class MemoryWatch(threading.Thread):
    """Notes the biggest resident memory of the processes that render pages."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.process = psutil.Process(pid)
        self.peak = 0
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(0.02):
            for child in self.process.children(recursive=True):
                try:
                    self.peak = max(self.peak, child.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue

    def megabytes(self):
        self.over.set()
        self.join()
        return self.peak / 2**20


def bare_rasteriser(content, pages, processes=1):
    """Return the seconds that pdftoppm alone needs for the file, with the addon's options."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.pdf"
        path.write_bytes(content)
        options = ["-q", "-jpeg", "-jpegopt", "quality=82", "-overprint", "-cropbox", "-scale-to", str(PREVIEW_SIDE)]
        share = -(-pages // processes)
        started = time.perf_counter()
        running = [
            subprocess.Popen(
                ["pdftoppm", *options, "-f", str(first), "-l", str(first + share - 1), str(path), f"{folder}/page"]
            )
            for first in range(1, pages + 1, share)
        ]
        assert not any(process.wait() for process in running)
        return time.perf_counter() - started


def picture(folder):
    path = Path(folder) / "photo.jpg"
    Image.effect_noise((900, 640), 70).convert("RGB").save(path, quality=85)
    return path


class PageWatch(threading.Thread):
    """Notes when all pages of a proof can be viewed, while they are still being checked."""

    def __init__(self, rpc, proof):
        super().__init__(daemon=True)
        self.rpc, self.proof = rpc, proof
        self.seen = 0.0

    def run(self):
        while not self.seen:
            progress = self.rpc.call("online.proof", "get_upload_progress", [self.proof])
            if progress["ready"] == progress["total"]:
                self.seen = time.perf_counter()
            time.sleep(0.05)


def prepare(shop, rpc, proof, name, content):
    """Return the seconds until the first page can be seen, until all can, and until they are checked, too."""
    # a login calculates a password's hash, which whoever watches did before
    watcher = Rpc(rpc.url, rpc.database)
    started = time.perf_counter()
    shop.upload(proof, (name, content))
    progress = rpc.call("online.proof", "get_upload_progress", [proof])
    first = time.perf_counter() - started
    assert progress["ready"] >= 1
    watch = PageWatch(watcher, proof)
    watch.start()
    rpc.run_cron("online_proof.ir_cron_prepare")
    progress = rpc.call("online.proof", "get_upload_progress", [proof])
    assert progress["prepared"]
    done = time.perf_counter()
    watch.join(10)
    return first, watch.seen - started, done - started


def run(context):
    proof_engine.measure(context)
    database = context.clone("online_proof")
    server = context.start_odoo(database, name="bench-online-proof", cron_threads=0)
    try:
        with tempfile.TemporaryDirectory() as folder:
            photo = picture(folder)
            measure_preparing(context, server, database, photo)
            measure_page(context, server, database)
    finally:
        server.stop()


def brochure(pages):
    """Return so many pages as a layout program makes them: photos, transparency, overprint."""
    stream = io.BytesIO()
    with pikepdf.open(ADDONS_DIR / "online_proof/demo/files/brochure.pdf") as source, pikepdf.new() as pdf:
        while len(pdf.pages) < pages:
            pdf.pages.extend(source.pages[: pages - len(pdf.pages)])
        pdf.save(stream)
    return stream.getvalue()


def measure_preparing(context, server, database, photo):
    rpc, shop = Rpc(server.url, database), Shop(server.url, database)
    rpc.run_cron("online_proof.ir_cron_prepare")
    # with a photo of noise, which costs a renderer that knows no colors as much as one that does
    for name, make in (("a brochure", brochure), ("noise", lambda pages: make_pdf(pages, picture=photo))):
        measure_twenty(context, rpc, shop, name, make(20))
        measure_many(context, server, rpc, shop, name, make(200))


def measure_twenty(context, rpc, shop, name, content):
    bare, both, times, watermark = [], [], [], []
    for _round in range(ROUNDS):
        order, proof = new_proof(rpc)
        bare.append(bare_rasteriser(content, 20))
        both.append(bare_rasteriser(content, 20, PROCESSES))
        times.append(prepare(shop, rpc, proof, "twenty.pdf", content))
        [revision] = rpc.call("online.proof.revision", "search", [("proof_id", "=", proof)])
        wizard = rpc.call("online.proof.send", "create", [{"sale_order_id": order}])[0]
        rpc.call("online.proof.send", "action_send", [wizard])
        started = time.perf_counter()
        address = f"{shop.url}/proof/staff/{proof}/pdf?revision={revision}"
        shop.session.get(address, timeout=120).raise_for_status()
        watermark.append(time.perf_counter() - started)
    first, viewed, checked = (min(column) for column in zip(*times, strict=True))
    alone, row = min(bare), context.row
    peer = f"pdftoppm -overprint alone: {alone:.2f} s; {PROCESSES} processes of it: {min(both):.2f} s"
    row(f"20 pages of {name}, upload until the first can be viewed", first, "s", target="<= 0.5")
    row(f"20 pages of {name}, upload until all can be viewed", viewed, "s", peer=peer)
    row("… as a multiple of the rasteriser alone", viewed / alone, "times", target="<= 0.4", peer=peer)
    row("… as a multiple of as many processes of it", viewed / min(both), "times", target="<= 0.4", peer=peer)
    row(f"20 pages of {name}, upload until all are checked, too", checked, "s", peer=peer)
    row(f"watermarked PDF of 20 pages of {name}", min(watermark), "s", peer=peer)
    row("… as a multiple of the rasteriser alone", min(watermark) / alone, "times", target="< 1.5", peer=peer)


def measure_many(context, server, rpc, shop, name, content):
    _order, proof = new_proof(rpc)
    watch = MemoryWatch(server.popen.pid)
    watch.start()
    first, viewed, checked = prepare(shop, rpc, proof, "long.pdf", content)
    context.row(f"200 pages of {name}: first page visible", first, "s", target="<= 0.5")
    context.row(f"200 pages of {name}: all visible", viewed, "s", target="<= 6")
    context.row(f"200 pages of {name}: all checked, too", checked, "s")
    context.row(f"200 pages of {name}: biggest rendering process", watch.megabytes(), "MB", target="< 400")


def queries_of_page(server, url):
    """Return (queries, milliseconds) of a page as the server logs them, warm."""
    for _visit in range(3):
        started = time.perf_counter()
        requests.get(url, timeout=60).raise_for_status()
        spent = (time.perf_counter() - started) * 1000
    path = re.escape(url.partition(server.url)[2].partition("?")[0])
    logged = re.findall(rf'"GET {path}\?[^"]*" 200 - (\d+) ', server.log.read_text(errors="replace"))
    return int(logged[-1]), spent


def measure_page(context, server, database):
    rpc, shop = Rpc(server.url, database), Shop(server.url, database)
    counts = []
    for pages in (1, 100):
        order, proof = new_proof(rpc)
        prepare(shop, rpc, proof, "pages.pdf", make_pdf(pages))
        wizard = rpc.call("online.proof.send", "create", [{"sale_order_id": order}])[0]
        rpc.call("online.proof.send", "action_send", [wizard])
        rpc.run_cron("online_proof.ir_cron_prepare")
        with context.env(database) as env:
            reviewer = env["online.proof.reviewer"].search([("proof_id", "=", proof)], limit=1)
            url = f"{server.url}/proof/{reviewer.id}?access_token={reviewer._get_access_token()}"
        queries, milliseconds = queries_of_page(server, url)
        counts.append(queries)
        context.row(f"proof page with {pages} page(s): queries", queries, target="<= 20")
        context.row(f"proof page with {pages} page(s): time", milliseconds, "ms")
    context.row("… difference for 99 more pages", counts[1] - counts[0], "queries", target="= 0")
