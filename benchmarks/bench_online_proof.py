"""Preparing proofs beside the bare rasteriser, the first page of a long file, the proof page."""

import re
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psutil
import requests
from PIL import Image

from benchmarks import proof_engine
from tests.online_proof.helpers import Shop, make_pdf, new_proof
from tools.rpc import Rpc

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


def bare_rasteriser(content, pages):
    """Return the seconds that pdftoppm alone needs for the file: with the addon's options and as many processes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.pdf"
        path.write_bytes(content)
        options = ["-q", "-jpeg", "-jpegopt", "quality=82", "-overprint", "-cropbox", "-scale-to", str(PREVIEW_SIDE)]
        share = -(-pages // PROCESSES)
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


def prepare(shop, rpc, proof, name, content):
    """Return the seconds until the first page can be seen, and until all can."""
    started = time.perf_counter()
    shop.upload(proof, (name, content))
    progress = rpc.call("online.proof", "get_upload_progress", [proof])
    first = time.perf_counter() - started
    assert progress["ready"] >= 1
    rpc.run_cron("online_proof.ir_cron_prepare")
    progress = rpc.call("online.proof", "get_upload_progress", [proof])
    assert progress["prepared"]
    return first, time.perf_counter() - started


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


def measure_preparing(context, server, database, photo):
    rpc, shop = Rpc(server.url, database), Shop(server.url, database)
    rpc.run_cron("online_proof.ir_cron_prepare")
    content = make_pdf(20, picture=photo)
    bare, ready, watermark = [], [], []
    for _round in range(ROUNDS):
        order, proof = new_proof(rpc)
        bare.append(bare_rasteriser(content, 20))
        ready.append(prepare(shop, rpc, proof, "twenty.pdf", content)[1])
        [revision] = rpc.call("online.proof.revision", "search", [("proof_id", "=", proof)])
        wizard = rpc.call("online.proof.send", "create", [{"sale_order_id": order}])[0]
        rpc.call("online.proof.send", "action_send", [wizard])
        started = time.perf_counter()
        shop.session.get(f"{server.url}/proof/staff/{proof}/pdf?revision={revision}", timeout=120).raise_for_status()
        watermark.append(time.perf_counter() - started)
    peer = f"pdftoppm -overprint alone, {PROCESSES} processes: {min(bare):.2f} s"
    context.row("20 A4 pages, upload until all can be viewed", min(ready), "s", peer=peer)
    context.row("… as a multiple of the rasteriser alone", min(ready) / min(bare), "times", target="<= 0.4", peer=peer)
    context.row("watermarked PDF of 20 pages", min(watermark), "s", peer=peer)
    context.row(
        "… as a multiple of the rasteriser alone", min(watermark) / min(bare), "times", target="< 1.5", peer=peer
    )
    _order, proof = new_proof(rpc)
    watch = MemoryWatch(server.popen.pid)
    watch.start()
    first, last = prepare(shop, rpc, proof, "long.pdf", make_pdf(200, picture=photo))
    context.row("200 pages: first page visible", first, "s", target="<= 0.5")
    context.row("200 pages: all visible", last, "s", target="<= 6")
    context.row("200 pages: biggest rendering process", watch.megabytes(), "MB", target="< 400")


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
