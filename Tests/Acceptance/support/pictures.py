"""Pictures that people upload, and reading what comes back."""

import hashlib
import io
import struct
import zlib

from PIL import Image

#: The number of the tag that says how a camera was held.
ORIENTATION = 0x0112


def picture(width, height, kind="PNG", *, colours=((220, 30, 30), (30, 30, 220)), **how):
    """A picture whose left half has the first colour and whose right half the second."""
    image = Image.new("RGB", (width, height), colours[0])
    image.paste(colours[1], (width // 2, 0, width, height))
    return encoded(image, kind, **how)


def encoded(image, kind="PNG", **how):
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def noise(width, height, kind="PNG", **how):
    """A picture that does not compress: its size is about three bytes for each point."""
    needed = width * height * 3
    content = b"".join(hashlib.sha256(number.to_bytes(8)).digest() for number in range(needed // 32 + 1))[:needed]
    return encoded(Image.frombytes("RGB", (width, height), content), kind, **how)


def with_position(width, height, turned=None):
    """A JPEG as a telephone makes it: it says where it was taken and how the telephone was held."""
    exif = Image.Exif()
    exif[0x010F] = "SecretMaker"
    if turned:
        exif[ORIENTATION] = turned
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return picture(width, height, "JPEG", exif=exif, quality=95)


def claimed(width, height):
    """A PNG of a few bytes that says it is this large."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def read(content):
    """A PNG, decoded to its last point."""
    image = Image.open(io.BytesIO(content))
    assert image.format == "PNG", image.format
    image.load()
    return image


def is_near(colour, other):
    return all(abs(one - two) < 40 for one, two in zip(colour[:3], other[:3]))
