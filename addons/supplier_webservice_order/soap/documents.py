"""WSDL documents: shipped ones and uploaded ones, parsed once per process.

Whatever a document refers to is looked for beside it: a shipped one in its own folder, an
uploaded one in the upload. Nothing else is read, neither from the disk nor from the net.
"""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from lxml import etree
from zeep import Settings
from zeep.exceptions import DTDForbidden, EntitiesForbidden
from zeep.exceptions import Error as ZeepError
from zeep.transports import Transport
from zeep.wsdl import Document
from zeep.wsdl.bindings.soap import Soap11Binding, Soap12Binding

from .addressing import Actions, action_of, find_addressed, take_actions
from .encoded import write_out_encoding
from .substitutes import Groups, find_groups, write_out

if TYPE_CHECKING:
    from zeep.wsdl.bindings.soap import SoapOperation

MAX_DOCUMENTS = 64
MAX_FILES = 200
MAX_UNPACKED = 20 * 2**20
_SCHEMA = "{http://www.w3.org/2001/XMLSchema}schema"
_INCLUDE = "{http://www.w3.org/2001/XMLSchema}include"
#: where the files of an upload seem to be; nothing is there
_UPLOAD = "/upload"
_SETTINGS = {"forbid_dtd": True, "forbid_entities": True, "xml_huge_tree": False}

#: a shipped file, the bytes of an uploaded one, or what was parsed of one before
Source = Path | str | bytes | list[Document]

#: how zeep reads and writes the messages of a service
Binding = Soap11Binding | Soap12Binding

_documents: dict[str, list[Document]] = {}
_lock = threading.Lock()


class _KeepingTransport(Transport):
    """Keeps what it has read in ``loaded``: zeep forgets the schemas once it has understood them."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: dict[str, bytes] = {}
        #: the bindings that take only messages with headers of WS-Addressing, and the namespace of these
        self.addressed: dict[str, str] = {}
        #: what the WSDL calls the actions of operations
        self.actions: Actions = {}
        self._groups: Groups = {}

    def load(self, url: str) -> bytes:
        """Return the contents of a file of the document."""
        content = self.loaded[str(url)] = self._find(url)
        return write_out(content, self._groups)

    def _find(self, url: str) -> bytes:
        """Return the contents of a file from where the document's files are."""
        raise NotImplementedError


class _FolderTransport(_KeepingTransport):
    """Reads files of one folder only."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder.resolve()

    def _find(self, url: str) -> bytes:
        path = Path(url).resolve()
        if self._folder not in path.parents:
            raise ZeepError(f"{url} is outside of the document")
        return path.read_bytes()


class _UploadTransport(_KeepingTransport):
    """Reads the files of an upload only."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self._files = {name: write_out_encoding(content) for name, content in files.items()}
        self._groups = find_groups(self._files.values())

    def _find(self, url: str) -> bytes:
        text = str(url)
        name = text.removeprefix(_UPLOAD + "/")
        if name in self._files:
            return self._files[name]
        # a saved WSDL often still names its schemas by their address
        base = PurePosixPath(unquote(urlsplit(text).path)).name
        found = [content for path, content in self._files.items() if PurePosixPath(path).name == base]
        if len(found) != 1:
            # by ?xsd=xsd0 and the like it has a name there that no file has: then by what it is about
            found = self._find_by_namespace(text)
        if len(found) != 1:
            raise ZeepError(f"{text.removeprefix(_UPLOAD + '/')} is not part of the upload")
        return found[0]

    def _find_by_namespace(self, url: str) -> list[bytes]:
        """Return the files of the namespace for which the upload refers to an address."""
        if "?" not in url:
            return []
        roots = {
            name: root for name, root in ((name, _root(data)) for name, data in self._files.items()) if root is not None
        }
        wanted = {
            (_kind(each), each.get("namespace"))
            for root in roots.values()
            for each in root.iter("{*}import")
            if url.endswith(_tail(each))
        }
        found = {name: root for name, root in roots.items() if (_kind(root), root.get("targetNamespace")) in wanted}
        # what stands beside them in the same namespace is a part of one of them
        whole = [name for name, root in found.items() if len(found) == 1 or root.find(_INCLUDE) is not None]
        return [self._files[name] for name in whole or self._find_parts(url, roots)]

    @staticmethod
    def _find_parts(url: str, roots: Mapping[str, etree._Element]) -> list[str]:
        """Return the name of the file that schemas include by an address.

        Parts of one schema are all included: which of them answers to which address makes no difference.
        """
        included = {
            (each.getparent().get("targetNamespace"), _tail(each)) for r in roots.values() for each in r.iter(_INCLUDE)
        }
        for space in {space for space, tail in included if url.endswith(tail)}:
            tails = sorted(tail for owner, tail in included if owner == space)
            parts = sorted(
                name
                for name, root in roots.items()
                if root.tag == _SCHEMA and root.get("targetNamespace", space) == space and root.find(_INCLUDE) is None
            )
            if len(parts) == len(tails):
                return [part for part, tail in zip(parts, tails, strict=True) if url.endswith(tail)]
        return []


def _tail(reference: etree._Element) -> str:
    """Return the end of the address by which something is imported or included."""
    return (reference.get("schemaLocation") or reference.get("location") or " ").rpartition("/")[2]


def _kind(element: etree._Element) -> str | None:
    """Return the namespace of what an element is written in: that of a schema, or of a WSDL."""
    return etree.QName(element).namespace


def load_document(source: Source) -> Document:
    """Return the first parsed WSDL of a source, see :func:`load_documents`."""
    return load_documents(source)[0]


def load_documents(source: Source) -> list[Document]:
    """Return the parsed WSDLs: one, or as many as an uploaded zip holds that stand for themselves.

    :param source: path of a shipped file, or the bytes of an uploaded one: a WSDL, or a zip
        with WSDLs and their schemas
    :raises ZeepError: where they are not usable
    """
    if isinstance(source, list):
        return source
    key = hashlib.sha256(source).hexdigest() if isinstance(source, bytes) else str(source)
    with _lock:
        documents = _documents.get(key)
        if documents is None:
            documents = _parse_upload(source) if isinstance(source, bytes) else [_parse_file(Path(source))]
            while len(_documents) >= MAX_DOCUMENTS:
                _documents.pop(next(iter(_documents)))
            _documents[key] = documents
    return documents


def soap_bindings(document: Document) -> list[Binding]:
    """Return the bindings of a document that speak SOAP, in their order; last those that want WS-Addressing.

    :raises ZeepError: where there are none
    """
    found = [binding for binding in document.bindings.values() if isinstance(binding, Soap11Binding | Soap12Binding)]
    if not found:
        raise ZeepError("the WSDL describes no SOAP service")
    addressed = _transport(document).addressed
    return sorted(found, key=lambda binding: binding.name.text in addressed) if addressed else found


def addressing_of(document: Document, binding: Binding, operation: SoapOperation) -> tuple[str, str] | None:
    """Return namespace and action for the headers of WS-Addressing, or None where a binding wants none."""
    transport = _transport(document)
    space = transport.addressed.get(binding.name.text)
    if not space:
        return None
    roots = _definitions(transport)
    said = transport.actions.get(operation.abstract)
    return space, said or action_of(operation, next(root for root in roots if _describes(root, operation)))


def _describes(root: etree._Element, operation: SoapOperation) -> bool:
    name = operation.binding.port_type.name
    return root.get("targetNamespace", "") == (name.namespace or "") and any(
        each.get("name") == name.localname for each in root.iterfind("{*}portType")
    )


def _transport(document: Document) -> Any:
    # each document was given a transport of ours
    return document.transport


def _definitions(transport: _KeepingTransport) -> Iterator[etree._Element]:
    """Yield the WSDLs that a document is made of."""
    for content in transport.loaded.values():
        root = _root(content)
        if root is not None and etree.QName(root).localname == "definitions":
            yield root


def _parse_file(path: Path) -> Document:
    return _parse(str(path), _FolderTransport(path.parent), Settings(**_SETTINGS, forbid_external=True))


def _parse_upload(content: bytes) -> list[Document]:
    files = _unzip(content) if zipfile.is_zipfile(io.BytesIO(content)) else {"service.wsdl": content}
    # addresses are looked up in the upload by the transport, which opens no connection
    settings = Settings(**_SETTINGS, forbid_external=False, force_https=False)
    return [_parse(f"{_UPLOAD}/{name}", _UploadTransport(files), settings) for name in _find_main(files)]


def _parse(location: str, transport: _KeepingTransport, settings: Settings) -> Document:
    try:
        document = Document(location, transport, settings=settings)  # type: ignore[arg-type]  # zeep means an object
    except (DTDForbidden, EntitiesForbidden) as error:
        # zeep says that as Python shows an object
        raise ZeepError("it carries a document type declaration, which is not accepted") from error
    except (ZeepError, OSError):
        raise
    except Exception as error:
        # zeep trips over what is no WSDL in every way that Python knows
        raise ZeepError(f"this is not a usable WSDL ({type(error).__name__})") from error
    transport.addressed = dict(each for root in _definitions(transport) for each in find_addressed(root))
    transport.actions = take_actions(document)
    soap_bindings(document)
    return document


def _unzip(content: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MAX_FILES:
                raise ZeepError("the archive holds too many files")
            for entry in entries:
                with archive.open(entry) as member:
                    data = member.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise ZeepError("the archive is too large")
                files[entry.filename.replace("\\", "/").lstrip("/")] = data
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise ZeepError("the archive cannot be read") from error
    return files


def _find_main(files: Mapping[str, bytes]) -> list[str]:
    """Return the names of the WSDLs that no other one is made of."""
    documents = {name: root for name, root in ((name, _root(data)) for name, data in files.items()) if root is not None}
    wsdls = {name: root for name, root in documents.items() if etree.QName(root).localname == "definitions"}
    if not wsdls:
        raise ZeepError("the upload holds no WSDL")
    imported = {
        PurePosixPath(node.get("location", "")).name for root in wsdls.values() for node in root.findall("{*}import")
    }
    first = [name for name in wsdls if PurePosixPath(name).name not in imported]
    serving = [name for name in first or wsdls if wsdls[name].find("{*}service") is not None]
    return serving or first or list(wsdls)


def _root(data: bytes) -> etree._Element | None:
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if isinstance(root.tag, str) else None
