"""Conversations that are made up: each function yields the frames of conversation `number`."""
import base64
import hashlib
import struct

from traffic import tls
from traffic.wire import ACK, Conversation, noise, talk


def download(number):
    conversation = Conversation(number, 80)
    yield from conversation.open()
    yield from conversation.send(0, b"GET /large HTTP/1.1\r\nHost: files.example\r\n\r\n")
    length = 20_000_000
    yield from conversation.send(1, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length)
    block = bytes(range(256)) * 6
    for at in range(length // 1400):
        yield from conversation.send(1, block[at % 100 : at % 100 + 1400])
        if at % 2:
            yield conversation.segment(0, ACK)
    yield from conversation.close()


def tiny(number):
    conversation = Conversation(number, 80)
    yield from conversation.open()
    yield from conversation.send(0, b"GET /%d HTTP/1.1\r\nHost: tiny.example\r\n\r\n" % number, 1)
    yield from conversation.send(1, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 1)
    yield from conversation.close()


# ---- WebSocket ---------------------------------------------------------------------------------


def masked(payload, mask):
    if not payload:
        return payload
    repeated = mask * (len(payload) // 4 + 1)
    both = int.from_bytes(payload, "big") ^ int.from_bytes(repeated[: len(payload)], "big")
    return both.to_bytes(len(payload), "big")


def frame(opcode, payload, mask=b"", first=0x80):
    """`first`: FIN and reserved bits."""
    bit, length = (0x80 if mask else 0), len(payload)
    if length < 126:
        size = bytes([bit | length])
    elif length < 65536:
        size = bytes([bit | 126]) + struct.pack(">H", length)
    else:
        size = bytes([bit | 127]) + struct.pack(">Q", length)
    return bytes([first | opcode]) + size + mask + (masked(payload, mask) if mask else payload)


def upgrade(number, extensions=b""):
    """Request and answer of a handshake, as `said`."""
    key = base64.b64encode(hashlib.md5(b"%d" % number).digest())
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    if extensions:
        extensions = b"Sec-WebSocket-Extensions: " + extensions + b"\r\n"
    return [(0, b"GET /chat HTTP/1.1\r\nHost: chat.example\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: " + key + b"\r\n" + extensions + b"\r\n"),
            (1, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n" + extensions
                + b"\r\n")]


def websocket(number):
    said = upgrade(number)
    for each in range(5):
        said.append((0, frame(1, b'{"type":"say","n":%d}' % each, struct.pack(">I", number))))
        said.append((1, frame(1, b'{"type":"said","n":%d}' % each)))
    said.append((0, frame(8, b"\x03\xe8", b"\1\2\3\4")))
    said.append((1, frame(8, b"\x03\xe8")))
    return talk(number, 80, said)


# ---- TLS ---------------------------------------------------------------------------------------


def tls_conversation(number):
    """Half of them TLS 1.3; a request, an answer of some kilobytes, the alert that closes."""
    rng = noise(number)
    name = b"host-%d.site-%d.example" % (number, rng.randrange(1000))
    return talk(number, 443, (tls13 if number % 2 else tls12)(rng, name))


def tls13(rng, name):
    yield 0, tls.record(22, tls.client_hello(rng, name), 0x0301)
    yield 1, (tls.record(22, tls.server_hello(rng, True)) + tls.record(20, b"\1")
              + tls.record(23, rng.randbytes(2600)))
    yield 0, tls.record(20, b"\1") + tls.record(23, rng.randbytes(53))
    yield from application_data(rng)


def tls12(rng, name):
    yield 0, tls.record(22, tls.client_hello(rng, name), 0x0301)
    exchange = b"\3" + tls.u16(29) + tls.sized(1, rng.randbytes(32)) + tls.u16(0x0804)
    yield 1, b"".join((
        tls.record(22, tls.server_hello(rng, False)), tls.record(22, tls.certificates(rng, name)),
        tls.record(22, tls.message(12, exchange + tls.sized(2, rng.randbytes(256)))),
        tls.record(22, tls.message(14, b""))))
    yield 0, (tls.record(22, tls.message(16, tls.sized(1, rng.randbytes(32)))) + tls.record(20, b"\1")
              + tls.record(22, rng.randbytes(40)))
    yield 1, tls.record(20, b"\1") + tls.record(22, rng.randbytes(40))
    yield from application_data(rng)


def application_data(rng):
    yield 0, tls.record(23, rng.randbytes(rng.randrange(200, 600)))
    for _ in range(rng.randrange(1, 4)):
        yield 1, tls.record(23, rng.randbytes(1300))
    yield 0, tls.record(21, rng.randbytes(26))


# How a profile is made, and how many conversations go side by side.
PROFILES = {"bulk": (download, 4), "websockets": (websocket, 256), "tiny": (tiny, 64),
            "tls": (tls_conversation, 256)}
