import uuid
from pathlib import Path

from odoo import api, models
from odoo.tools.mimetypes import MIMETYPE_HEAD_SIZE

from ..file_content import FileContent


class IrAttachment(models.Model):
    """``create`` takes ``raw`` as a ``FileContent``, too: it goes from file to file and is not indexed."""

    _inherit = "ir.attachment"

    def _compute_mimetype(self, values):
        if isinstance(values.get("raw"), FileContent):
            values = {**values, "raw": values["raw"][:MIMETYPE_HEAD_SIZE]}
        return super()._compute_mimetype(values)

    def _postprocess_contents(self, values):
        # Odoo would decode a picture here, in the server's process
        if isinstance(values.get("raw"), FileContent):
            return values
        return super()._postprocess_contents(values)

    def _compute_checksum(self, bin_data):
        if isinstance(bin_data, FileContent):
            return bin_data.digest("sha1")
        return super()._compute_checksum(bin_data)

    def _get_datas_related_values(self, data, mimetype):
        if not isinstance(data, FileContent):
            return super()._get_datas_related_values(data, mimetype)
        if self._storage() == "db":
            return super()._get_datas_related_values(bytes(data), mimetype)
        checksum = self._compute_checksum(data)
        return {
            "file_size": len(data),
            "checksum": checksum,
            "index_content": False,
            "store_fname": self._get_path(data, checksum)[0],
            "db_datas": False,
        }

    @api.model
    def _file_write(self, bin_value, checksum):
        if not isinstance(bin_value, FileContent):
            return super()._file_write(bin_value, checksum)
        fname, full_path = self._get_path(bin_value, checksum)
        target = Path(full_path)
        if not target.exists():
            half = target.with_suffix(f".{uuid.uuid4().hex}")
            try:
                with half.open("wb") as file:
                    file.writelines(bin_value.pieces())
                half.replace(target)
            finally:
                half.unlink(missing_ok=True)
            # Odoo clears it away if the transaction comes to nothing
            self._mark_for_gc(fname)
        return fname

    @api.model
    def _same_content(self, bin_data, filepath):
        if not isinstance(bin_data, FileContent):
            return super()._same_content(bin_data, filepath)
        with Path(filepath).open("rb") as file:
            other = FileContent(file)
            return len(other) == len(bin_data) and all(
                one == two for one, two in zip(bin_data.pieces(), other.pieces(), strict=True)
            )
