"""What a file is by its first bytes: the sender's word for it is not believed where the bytes can tell."""

from __future__ import annotations

import re

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"\x7fELF", "application/x-elf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"-----BEGIN PGP ", "application/pgp-encrypted"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_HEIF = (b"heic", b"heix", b"mif1", b"hevc")
_TEXTS = (
    (re.compile(rb"(?i)<(?:!doctype html|html|head|body|script|iframe)\b"), "text/html"),
    (
        re.compile(
            rb"(?i)(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?(?:<!doctype svg[^>]{0,300}>\s*)?<svg\b", re.S
        ),
        "image/svg+xml",
    ),
    (re.compile(rb"(?i)BEGIN:VCALENDAR"), "text/calendar"),
    (re.compile(rb"(?i)BEGIN:VCARD"), "text/vcard"),
)
# Types whose files are one of the containers above: the bytes agree with the sender, who knows more.
_INSIDE = {
    "application/zip": (
        "application/vnd.openxmlformats",
        "application/vnd.oasis",
        "application/epub",
        "application/java",
        "application/vnd.ms-",
        "application/x-zip",
    ),
    "application/x-ole-storage": ("application/msword", "application/vnd.ms-", "application/x-msi"),
    "application/gzip": ("application/x-gzip", "application/x-tgz", "application/x-gtar"),
    "application/pgp-encrypted": ("application/pgp-", "application/octet-stream"),
}
_UNKNOWN = "application/octet-stream"
_PROVABLE = frozenset(type for _, type in _MAGIC) | frozenset(_RIFF.values()) | {"image/heic", "video/mp4", "image/bmp"}
_ENDINGS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "image/svg+xml": ".svg",
    "application/pdf": ".pdf", "application/zip": ".zip", "application/ms-tnef": ".dat", "text/calendar": ".ics",
    "text/vcard": ".vcf", "text/plain": ".txt", "text/html": ".html", "text/csv": ".csv", "message/rfc822": ".eml",
    "application/pkcs7-mime": ".p7m", "application/x-pkcs7-mime": ".p7m", "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s", "application/pgp-signature": ".asc", "application/pgp-encrypted": ".asc",
    "video/mp4": ".mp4", "audio/mpeg": ".mp3",
}  # fmt: skip


def type_of(content: bytes, stated: str) -> str:
    """The MIME type of a file. What the bytes do not tell is as the sender states, but for types that they would."""
    seen = _seen(content)
    if seen and stated.startswith(_INSIDE.get(seen, ("\0",))):
        return stated
    if seen:
        return seen
    return _UNKNOWN if stated in _PROVABLE and content else stated


def ending_of(type: str) -> str:
    """The ending that a file of that type is given where its sender gave no name."""
    return _ENDINGS.get(type, ".bin")


def _seen(content: bytes) -> str:
    for magic, type in _MAGIC:
        if content.startswith(magic):
            return type
    if content[:4] == b"RIFF":
        return _RIFF.get(content[8:12], "")
    if content[4:8] == b"ftyp":
        return "image/heic" if content[8:12] in _HEIF else "video/mp4"
    if content[:2] == b"BM" and content[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if content[:2] == b"MZ" and b"PE\0\0" in content[:2048]:
        return "application/vnd.microsoft.portable-executable"
    start = content[:2048].removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((type for pattern, type in _TEXTS if pattern.match(start)), "")
