"""PDF files made by hand, as good and as bad as the tests need them."""

import hashlib
from collections.abc import Sequence

PASSWORD_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def pdf_of(
    pages: Sequence[Sequence[tuple[int, str]]], *, title: str = "", extra_trailer: str = "", more: str = ""
) -> bytes:
    """Pages of (letter size, line). Helvetica, one line below the other."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    objects.append(f"<< /Title ({title}) /Author (Ada Example) >>")
    kids = []
    for lines in pages:
        content = _page_content(lines)
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects) + 2} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    if more:
        objects.append(more)
        extra_trailer += f" /Encrypt {len(objects)} 0 R"
    return _file(objects, f"/Info 4 0 R {extra_trailer}")


def _page_content(lines: Sequence[tuple[int, str]]) -> str:
    y = 760
    parts = ["BT"]
    for size, line in lines:
        y -= round(size * 1.3)
        escaped = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        parts.append(f"/F1 {size} Tf 1 0 0 1 60 {y} Tm ({escaped}) Tj")
    return "\n".join([*parts, "ET"])


def _file(objects: Sequence[str], trailer: str) -> bytes:
    body = b"%PDF-1.4\n"
    offsets = []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode("cp1252")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\n"
    return body + f"{end}startxref\n{len(body)}\n%%EOF\n".encode()


def scanned_pdf(pages: int = 2) -> bytes:
    """Pages that hold one grey picture each and no text."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for _ in range(pages):
        kids.append(f"{len(objects) + 1} 0 R")
        image, drawing = len(objects) + 2, len(objects) + 3
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {drawing} 0 R "
            f"/Resources << /XObject << /I {image} 0 R >> >> >>"
        )
        picture = "\x80" * 64
        objects.append(
            "<< /Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8 "
            f"/Filter /ASCIIHexDecode /Length 129 >>\nstream\n{'80' * len(picture)}>\nendstream"
        )
        draw = "q 612 0 0 792 0 0 cm /I Do Q"
        objects.append(f"<< /Length {len(draw)} >>\nstream\n{draw}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    return _file(objects, "")


def encrypted_pdf(password: str = "secret") -> bytes:
    """Encrypted with RC4 and 40 bits, as PDF 1.3 did: opening it asks for the user password."""
    owner = _rc4(hashlib.md5(_padded(password)).digest()[:5], _padded(password))
    file_id = b"0123456789abcdef"
    permissions = -44
    seed = _padded(password) + owner + permissions.to_bytes(4, "little", signed=True) + file_id
    user = _rc4(hashlib.md5(seed).digest()[:5], PASSWORD_PADDING)
    encryption = f"<< /Filter /Standard /V 1 /R 2 /O <{owner.hex()}> /U <{user.hex()}> /P {permissions} >>"
    return pdf_of(
        [[(12, "Nobody reads this without the password.")]],
        extra_trailer=f"/ID [<{file_id.hex()}> <{file_id.hex()}>]",
        more=encryption,
    )


def _padded(password: str) -> bytes:
    return (password.encode() + PASSWORD_PADDING)[:32]


def _rc4(key: bytes, data: bytes) -> bytes:
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)
