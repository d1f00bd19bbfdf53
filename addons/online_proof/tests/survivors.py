"""Mutants that may live, by the reason why (``SURVIVORS`` of ``surface.py``)."""

_REASONS = {
    "a level that was chosen by eye: what is measured exactly there may fall to either side": (
        "engine/barcodes.py _reflectance: limit '<= 0.04045' of 'value <= 0.04045' by one",
        "engine/delta.py _linear: limit '<= 0.04045' of 'value <= 0.04045' by one",
        "engine/delta.py _cube_root: limit '> 216 / 24389' of 'value > 216 / 24389' by one",
        "engine/difference.py same_size: limit '< SAME_SHAPE' of 'abs(old.width / old.height * new.height / "
        "new.width - 1) <  by one",
        "engine/matching.py Sheet.likeness: limit '> 0.05' of 'abs(self.shape / other.shape - 1) > 0.05' by one",
        "engine/second.py _difference: limit '>= _AREA' of 'part.histogram()[255] >= _AREA' by one",
        "engine/second.py _difference: limit '> _LEVEL' of 'value > _LEVEL' by one",
        "engine/spots.py _Pair.__init__: limit '< difference.SAME_SHAPE' of 'abs(ratio[0] / ratio[1] - 1) < "
        "difference.SAME_SHAPE' by one",
        "engine/spots.py _Pair._by_words: limit '< KEPT * sum(weights.values())' of 'sum((weights[word] for "
        "word in kept)) < KEPT * sum(weights. by one",
        "engine/spots.py _Pair._partner: limit '>= min(EQUAL if equal else CHANGED, sel of "
        "'self._neighbors(word, there) >= min(EQUAL if equal else CHA by one",
        "engine/spots.py _is_flat: limit '< _FLAT' of '_contrast(_patch(picture, middle, half)) < _FLAT' by one",
        "engine/spots.py _way: limit '< _FLAT' of 'contrast < _FLAT' by one",
        "engine/spots.py _way: limit '<= enough' of 'misfit[middle[1] * width + middle[0]] <= enough' by one",
        "engine/spots.py _way: limit '> enough' of 'best > enough' by one",
        "engine/watermark.py _picture: limit '> longest * 1.1' of 'max(image.size) > longest * 1.1' by one",
        "models/online_proof_revision.py OnlineProofRevision._get_watermark_pictures: limit '> const.PREVIEW_SIDE * "
        "1.1' of 'max(page.width_mm, page.height_mm) / 25.4 * const.WATERMARK by one",
    ),
    "an empty part of a mask has nothing in it": (
        "engine/difference.py is_set: limit '> box[0]' of 'box[2] > box[0]' by one",
        "engine/difference.py is_set: limit '> box[1]' of 'box[3] > box[1]' by one",
    ),
    "no text of the demo files is just as wide as its column": (
        "demo/make_files.py wrap: limit '> width' of \"canvas.stringWidth(f'{line} {word}', font, size) > "
        'width" by one',
    ),
    "no other field of a page holds a picture: nothing is found, and answered the same": (
        "controllers/pictures.py ProofPictures.picture: never refuses",
    ),
    "no page is of no revision that may be seen": ("controllers/visitor.py Visitor.page: without 'not page_sudo'",),
    "the revision of the same number of a proof is the same one": (
        "models/online_proof_comment.py OnlineProofComment._get_for_revision: limit '< revision.number' of "
        "'root.revision_id.number < revision.number' by one",
    ),
    "companies in which no proof waits add nothing: the last part of the domain asks for the state again": (
        "models/online_proof_deadline.py OnlineProof._get_due_domain: without \"('state', '=', 'sent')\"",
    ),
    "what is written is there already": (
        "models/online_proof_circle.py OnlineProof._close_stuck: without filtered()",
        "models/online_proof_workflow.py OnlineProof._freeze_revision: without filtered()",
    ),
    "more files are read; of these attachments those stay that any of them was made of": (
        "models/online_proof_file.py OnlineProofFile.unlink: without \"('original_attachment_id', 'in', "
        'attachments.ids)"',
    ),
    "Odoo asks the same where it deletes, and what went before comes back with the transaction": (
        "models/online_proof_file.py OnlineProofFile.unlink: without \"self.check_access('unlink')\"",
        "models/sale_order.py SaleOrder.unlink: without \"self.check_access('unlink')\"",
    ),
    "Odoo writes the text itself after it, and that is refused": (
        "models/online_proof_terms.py OnlineProofTerms._update_field_translations: without 'self._check_unpublished()'",
    ),
    "the engine refuses an empty file by the same word": (
        "models/online_proof_file.py OnlineProofFile._take_in: never refuses",
    ),
    "the same pages are compared once more, and refused the same": (
        "models/online_proof_revision_comparison.py OnlineProofPage._compare_from: never refuses",
    ),
    "where the spots of answers are now is looked up by nobody": (
        "models/online_proof_revision_comparison.py OnlineProofComment._follow_to: without filtered()",
    ),
    "no operator is read either way": ("engine/content.py Reader.walk: limit '<= 0' of 'self.budget <= 0' by one",),
    "what begins there fails the test of the header beside it": (
        "engine/embedded.py _is_whole_type1: limit '< start' of '0 < start < len(data) - _LEAST_TYPE1' by one",
    ),
    "at 0 stands the header, which is no list that ends in the file": (
        "engine/embedded.py _is_whole_cff: limit '> 0' of 'letters > 0' by one",
    ),
    "the letter is beyond the table either way, and the widths before it stay": (
        "engine/embedded.py letter_widths: limit '< 256' of '0 <= code < 256' by one",
    ),
    "both formulas give 50 there": ("engine/embedded.py jpeg_quality: limit '> 100' of 'scale > 100' by one",),
    "a header at 0 has returned before": ("engine/ghostscript.py clean_path: limit '< 0' of 'start_at < 0' by one",),
    "the pages that are compared there are never the same one": (
        "engine/matching.py _offset: limit '< new' of 'index < new' by one",
        "engine/matching.py _place_of_removed: limit '< old' of 'other < old' by one",
    ),
    "a text as wide as its place keeps its size by either way": (
        "engine/personalise.py _fitting_size: limit '> limit' of 'width > limit' by one",
    ),
    "128 bytes are a profile's header alone, which the next line refuses": (
        "engine/press.py check_bytes: limit '< len(data)' of '128 < len(data) <= MAX_BYTES' by one",
    ),
    "the clock never stands exactly there, and a moment later it does not": (
        "engine/rasteriser.py Source.render: limit '>= _GATHER_SECONDS' of 'time.monotonic() - last >= "
        "_GATHER_SECONDS' by one",
    ),
    "one page or process more or less draws the same pictures": (
        "engine/printed.py render_pages: limit '> _HANDS' of 'len(waiting) > _HANDS' by one",
        "engine/rasteriser.py Source._poll: limit '< const.PARALLEL_PROCESSES' of 'len(running) < "
        "const.PARALLEL_PROCESSES' by one",
        "engine/rasteriser.py Source._batches: limit '< share' of 'len(runs[-1]) < share' by one",
    ),
    "both ways give the same picture": (
        "engine/rows.py transformed: limit '> _WORTH * height' of 'len(distinct) > _WORTH * height' by one",
    ),
    "letters of the greatest size are in order by every rule": (
        "engine/rules.py PageRules._look_at_text: limit '< MOST' of '0 < size < MOST' by one",
    ),
    "a user unit of 1 is what a page has without one": (
        "engine/watermark.py _add_page: limit '> 1' of 'unit > 1' by one",
    ),
    "what is read next is refused, too": (
        "models/online_proof.py OnlineProof.get_upload_progress: without \"self.check_access('read')\"",
        "models/online_proof_decision.py OnlineProofDecision.action_download_files: without "
        "\"self.check_access('read')\"",
        "models/online_proof_decision.py OnlineProofDecision.action_bill_changes: without "
        "\"self.check_access('read')\"",
        "models/online_proof_file_mend.py OnlineProofFile.action_download_original: without "
        "\"self.check_access('read')\"",
        "wizards/online_proof_record.py OnlineProofCorrect.action_correct: without \"made.check_access('read')\"",
    ),
    "the same is asked again where Odoo deletes (_unlink_except_sent)": (
        "models/online_proof_file.py OnlineProofFile.unlink: without 'self._check_editable()'",
    ),
    "more rows are read, each record looks its own up": (
        "models/online_proof.py OnlineProof._compute_revision_count: without \"('proof_id', 'in', self.ids)\"",
        "models/online_proof.py OnlineProof._compute_open_comment_count: without \"('proof_id', 'in', self.ids)\"",
        "models/online_proof_page.py OnlineProofPage._fetch_for_viewer: without \"('revision_id', 'in', "
        'revisions.ids)"',
        "models/online_proof_revision.py OnlineProofRevision._compute_pages: without \"('revision_id', 'in', "
        'self.ids)"',
        "models/online_proof_revision.py OnlineProofRevision._compute_is_ready: without \"('revision_id', "
        "'in', self.ids)\"",
        "models/online_proof_terms.py OnlineProofTerms._compute_acceptance_count: without \"('terms_id', 'in',"
        ' self.ids)"',
        "models/online_proof_user_level.py OnlineProofUserLevel._compute_partner_count: without "
        "\"('proof_user_level_id', 'in', self.ids)\"",
        "models/sale_order.py SaleOrder._compute_proof_counts: without \"('revision_id', 'in', "
        "revisions.union(*files.values()).ids)",
    ),
    "a file of the same length with other bytes is refused by the second half of the line": (
        "models/ir_attachment.py IrAttachment._same_content: limit '>= len(bin_data)' of 'path.stat().st_size"
        " >= len(bin_data)' by one",
    ),
}

SURVIVORS = {f"online_proof/{name}": reason for reason, names in _REASONS.items() for name in names}
