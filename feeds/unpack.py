"""Content codings, undone piece by piece under a hard limit on what comes out."""

from __future__ import annotations

import re
import zlib
from typing import Final

import brotli  # type: ignore[import-untyped]
import zstandard

_STEP: Final = 256 * 1024
# zstandard bounds no output; 32 bytes hold at most 8 blocks of 128 KiB, so a bomb is seen after one MiB.
_ZSTD_STEP: Final = 32
_ZSTD_WINDOW: Final = 8 * 1024 * 1024  # what RFC 9659 lets a server use
_ZSTD_FRAME: Final = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")


class TooLarge(Exception):
    """More came out than the limit allows."""


class BadCoding(Exception):
    """The coding is unknown, broken, cut short, or one of several."""


class Unpacker:
    """Undo at most one coding of a body; feed it with `add`, end it with `finish`.

    `coding` is the Content-Encoding header as sent. An unlabelled body that starts with the gzip magic
    is unpacked too (static .xml.gz files). Raises `TooLarge` and `BadCoding`, nothing else.
    """

    def __init__(self, coding: str, limit: int) -> None:
        name = coding.strip().lower()
        if name in ("", "identity"):
            self._coding = ""
        elif name in ("gzip", "x-gzip"):
            self._coding = "gzip"
        elif name in ("deflate", "br", "zstd"):
            self._coding = name
        else:
            raise BadCoding("pengodean isi tidak dikenal atau berlapis")
        self._labelled = self._coding != ""
        self._limit = limit
        self._head = b""
        self._decided = False
        self._out = bytearray()
        self._zlib: zlib._Decompress | None = None
        self._br: brotli.Decompressor | None = None
        self._zstd: zstandard.ZstdDecompressionObj | None = None
        self._zstd_left = b""
        self._raw_bytes = 0

    def add(self, data: bytes) -> None:
        self._raw_bytes += len(data)
        if self._raw_bytes > self._limit:
            raise TooLarge
        if not self._decided:
            # Two bytes tell gzip from plain and zlib from raw deflate; a slow server may send one.
            self._head += data
            if len(self._head) < 2:
                return
            data, self._head = self._head, b""
            self._decide(data)
        self._unpack(data)

    def finish(self) -> bytes:
        if not self._decided and self._head:
            data, self._head = self._head, b""
            self._decide(data)
            self._unpack(data)
        if self._zlib is not None and not self._zlib.eof:
            raise BadCoding("isi terkompresi terputus")
        if self._zstd is not None and not self._zstd.eof:
            raise BadCoding("isi terkompresi terputus")
        if self._br is not None and not self._br.is_finished():
            raise BadCoding("isi terkompresi terputus")
        return bytes(self._out)

    def _decide(self, first: bytes) -> None:
        self._decided = True
        if not self._labelled and first[:2] == b"\x1f\x8b":
            self._coding = "gzip"
        if self._coding == "gzip":
            self._zlib = zlib.decompressobj(16 + zlib.MAX_WBITS)
        elif self._coding == "deflate":
            wrapped = len(first) >= 2 and first[0] & 0x0F == 8 and int.from_bytes(first[:2], "big") % 31 == 0
            self._zlib = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        elif self._coding == "br":
            self._br = brotli.Decompressor()
        elif self._coding == "zstd":
            self._zstd = _zstd_frame()

    def _unpack(self, data: bytes) -> None:
        try:
            if self._zlib is not None:
                self._inflate(self._zlib, data)
            elif self._br is not None:
                self._unbrotli(self._br, data)
            elif self._zstd is not None:
                self._unzstd(self._zstd, data)
            else:
                self._keep(data)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise BadCoding("isi terkompresi rusak") from error

    def _inflate(self, stream: zlib._Decompress, data: bytes) -> None:
        while data:
            if stream.eof:
                # A further gzip member is legal; anything else after the end is padding, as browsers hold.
                if self._coding != "gzip" or data[:2] != b"\x1f\x8b":
                    return
                stream = self._zlib = zlib.decompressobj(16 + zlib.MAX_WBITS)
            self._keep(stream.decompress(data, _STEP))
            data = stream.unused_data if stream.eof else stream.unconsumed_tail

    def _unbrotli(self, stream: brotli.Decompressor, data: bytes) -> None:
        if stream.is_finished():
            return
        self._keep(stream.process(data, output_buffer_limit=_STEP))
        while not stream.can_accept_more_data() and not stream.is_finished():
            self._keep(stream.process(b"", output_buffer_limit=_STEP))

    def _unzstd(self, stream: zstandard.ZstdDecompressionObj, data: bytes) -> None:
        view = memoryview(self._zstd_left + data)
        self._zstd_left = b""
        while view:
            if stream.eof:
                if len(view) < 4:
                    self._zstd_left = bytes(view)
                    return
                if not _ZSTD_FRAME.match(view[:4]):
                    return
                stream = self._zstd = _zstd_frame()
            taken = view[:_ZSTD_STEP]
            self._keep(stream.decompress(taken))
            view = view[len(taken) - len(stream.unused_data) :] if stream.eof else view[len(taken) :]

    def _keep(self, piece: bytes) -> None:
        if len(self._out) + len(piece) > self._limit:
            raise TooLarge
        self._out += piece


def _zstd_frame() -> zstandard.ZstdDecompressionObj:
    return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
