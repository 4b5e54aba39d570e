"""QUIC version 1 Initial packets of a client (RFC 9000 section 17.2.2, RFC 9001 section 5). Encrypting them
takes python3-cryptography; without it their payload is noise, and a word on standard error says so."""
import hashlib
import hmac
import struct
import sys

try:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError:
    Cipher = None

SALT = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
LEAST = 1200  # octets of a datagram with a client's Initial packet
TAG = 16
warned = False


def expand(secret, label, length):
    """HKDF-Expand-Label (RFC 8446 section 7.1) of at most one hash."""
    label = b"tls13 " + label
    info = struct.pack(">HB", length, len(label)) + label + b"\0" + b"\1"
    return hmac.digest(secret, info, "sha256")[:length]


class Keys:
    """A client's, for the connection identifier that it chose for the server."""

    def __init__(self, identifier):
        initial = hmac.digest(SALT, identifier, hashlib.sha256)
        client = expand(initial, b"client in", 32)
        self.iv = expand(client, b"quic iv", 12)
        self.seal = AESGCM(expand(client, b"quic key", 16)).encrypt
        self.mask = Cipher(algorithms.AES(expand(client, b"quic hp", 16)), modes.ECB()).encryptor().update


def varint(value):
    return bytes([value]) if value < 64 else struct.pack(">H", 0x4000 | value)


def crypto_frame(offset, octets):
    return b"\6" + varint(offset) + varint(len(octets)) + octets


def header(destination, source, length, version=1):
    """Up to the packet number, whose length is 2; `length` counts it, the payload and the tag."""
    return b"".join((b"\xc1", struct.pack(">I", version), bytes([len(destination)]), destination, bytes([len(source)]), source,
                     b"\0", struct.pack(">H", 0x4000 | length)))


def sealed(keys, destination, source, number, frames):
    clear = header(destination, source, 2 + len(frames) + TAG) + struct.pack(">H", number)
    nonce = keys.iv[:-2] + (int.from_bytes(keys.iv[-2:], "big") ^ number).to_bytes(2, "big")
    payload = keys.seal(nonce, frames, clear)
    mask = keys.mask(payload[2:18])  # the sample is 4 octets behind the start of the number
    return (bytes([clear[0] ^ mask[0] & 0x0F]) + clear[1:-2]
            + bytes([clear[-2] ^ mask[1], clear[-1] ^ mask[2]]) + payload)


def can_seal():
    global warned
    if Cipher is None and not warned:
        warned = True
        print("generate: without python3-cryptography no QUIC packet can be opened", file=sys.stderr)
    return Cipher is not None


def client_initial(rng, frames):
    """A datagram of one packet, padded."""
    if not can_seal():
        return forged_initial(rng)
    destination, source = rng.randbytes(8), rng.randbytes(8)
    overhead = len(header(destination, source, 0)) + 2 + TAG
    return sealed(Keys(destination), destination, source, 0, frames.ljust(LEAST - overhead, b"\0"))


def coalesced_initials(rng):
    """A datagram of many packets with a PING each."""
    if not can_seal():
        return forged_initial(rng)
    destination, source = rng.randbytes(8), b""
    keys, packets, size, number = Keys(destination), [], 0, 0
    while size < LEAST:
        packets.append(sealed(keys, destination, source, number, b"\1\0\0\0"))
        size += len(packets[-1])
        number += 1
    return b"".join(packets)


def forged_initial(rng):
    destination, source = rng.randbytes(8), rng.randbytes(8)
    start = header(destination, source, LEAST - len(header(destination, source, 0)))
    return start + rng.randbytes(LEAST - len(start))


def coalesced_forged_initials(rng, version):
    """A datagram of many packets that no key opens."""
    start = header(rng.randbytes(8), b"", 2 + 4 + TAG, version)
    size = len(start) + 2 + 4 + TAG
    return b"".join(start + rng.randbytes(size - len(start)) for _ in range(-(-LEAST // size)))
