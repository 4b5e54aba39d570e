"""TLS records and handshake messages, as servers and browsers write them."""
import struct

GREASE = 0x2A2A
CIPHERS = (GREASE, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013,
           0xC014, 0x009C, 0x009D, 0x002F, 0x0035)


def u16(value):
    return struct.pack(">H", value)


def sized(width, octets):
    """Octets behind their length."""
    return len(octets).to_bytes(width, "big") + octets


def record(kind, octets, version=0x0303):
    return struct.pack(">BHH", kind, version, len(octets)) + octets


def message(kind, octets):
    return bytes([kind]) + sized(3, octets)


def extension(kind, octets):
    return u16(kind) + sized(2, octets)


def client_hello(rng, name, size_of_key=32):
    """The handshake message; `name` goes into server_name."""
    extensions = b"".join((
        extension(GREASE, b""),
        extension(0, sized(2, b"\0" + sized(2, name))),
        extension(23, b""),
        extension(0xFF01, b"\0"),
        extension(10, sized(2, struct.pack(">4H", GREASE, 29, 23, 24))),
        extension(11, b"\1\0"),
        extension(35, b""),
        extension(16, sized(2, sized(1, b"h2") + sized(1, b"http/1.1"))),
        extension(5, b"\1\0\0\0\0"),
        extension(13, sized(2, struct.pack(">8H", 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501,
                                           0x0806, 0x0601))),
        extension(51, sized(2, u16(29) + sized(2, rng.randbytes(size_of_key)))),
        extension(45, b"\1\1"),
        extension(43, sized(1, struct.pack(">3H", GREASE, 0x0304, 0x0303))),
    ))
    return message(1, b"".join((
        u16(0x0303), rng.randbytes(32), sized(1, rng.randbytes(32)),
        sized(2, struct.pack(">%dH" % len(CIPHERS), *CIPHERS)), b"\1\0", sized(2, extensions))))


def server_hello(rng, newest):
    """Of TLS 1.3 if `newest`, of 1.2 otherwise."""
    if newest:
        cipher = 0x1301
        extensions = extension(51, u16(29) + sized(2, rng.randbytes(32))) + extension(43, u16(0x0304))
    else:
        cipher = 0xC02F
        extensions = extension(0xFF01, b"\0") + extension(11, b"\1\0") + extension(35, b"")
    return message(2, b"".join((u16(0x0303), rng.randbytes(32), sized(1, rng.randbytes(32)),
                                u16(cipher), b"\0", sized(2, extensions))))


# ---- certificates ------------------------------------------------------------------------------


def der(tag, *parts):
    octets = b"".join(parts)
    if len(octets) < 128:
        return bytes([tag, len(octets)]) + octets
    width = (len(octets).bit_length() + 7) // 8
    return bytes([tag, 0x80 | width]) + sized(width, octets)


def name_of(text):
    common_name = der(0x30, der(0x06, b"\x55\x04\x03"), der(0x0C, text))
    return der(0x30, der(0x31, common_name))


def certificate(rng, name, issuer):
    """DER of an X.509 certificate of the right shape; key and signature are noise."""
    rsa = der(0x30, der(0x06, bytes.fromhex("2a864886f70d010101")), b"\x05\0")
    sha256_rsa = der(0x30, der(0x06, bytes.fromhex("2a864886f70d01010b")), b"\x05\0")
    key = der(0x30, der(0x02, b"\0\xc1" + rng.randbytes(255)), der(0x02, b"\1\0\1"))
    alternatives = der(0x30, der(0x82, name), der(0x82, b"*." + name))
    extensions = der(0xA3, der(0x30, der(0x30, der(0x06, b"\x55\x1d\x11"), der(0x04, alternatives))))
    to_be_signed = der(
        0x30, der(0xA0, der(0x02, b"\2")), der(0x02, b"\1" + rng.randbytes(15)), sha256_rsa,
        name_of(issuer), der(0x30, der(0x17, b"260101000000Z"), der(0x17, b"270101000000Z")),
        name_of(name), der(0x30, rsa, der(0x03, b"\0" + key)), extensions)
    return der(0x30, to_be_signed, sha256_rsa, der(0x03, b"\0" + rng.randbytes(256)))


def certificates(rng, name):
    chain = (certificate(rng, name, b"Example CA 1"), certificate(rng, b"Example CA 1", b"Example Root"))
    return message(11, sized(3, b"".join(sized(3, each) for each in chain)))
