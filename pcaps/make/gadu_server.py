"""A Gadu-Gadu server for one client at a time: WELCOME, login accepted, a message back. gadu_server.py ADDRESS PORT"""
import socket, struct, sys

LOGIN80, LOGIN105, SEND80, SEND110, PING = 0x31, 0x83, 0x2D, 0x7D, 0x08

# Protocol buffers: 1, a digest, the account 12345, the time.
LOGIN110_OK = b"\x08\x01\x12\x20" + 32 * b"0" + b"\x18\xb9\x60\x25" + struct.pack("<I", 1700000000)


def packet(kind, body=b""):
    return struct.pack("<II", kind, len(body)) + body


def read(connection):
    try:
        head = connection.recv(8, socket.MSG_WAITALL)
    except ConnectionResetError:  # the client left without reading all
        return None, b""
    if len(head) < 8:
        return None, b""
    kind, length = struct.unpack("<II", head)
    return kind, connection.recv(length, socket.MSG_WAITALL) if length else b""


def message80(text):
    html = b"<span>" + text + b"</span>\0"
    return struct.pack("<IIIIII", 54321, 1, 1700000000, 8, 24 + len(html), 24 + len(html) + len(text) + 1) + html + text + b"\0"


listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    connection, _ = listener.accept()
    connection.sendall(packet(0x01, b"\x12\x34\x56\x78"))
    while True:
        kind, body = read(connection)
        print(hex(kind) if kind is not None else None, body.hex(), file=sys.stderr, flush=True)
        if kind is None:
            break
        if kind == LOGIN80:
            connection.sendall(packet(0x35, struct.pack("<I", 1)))
        elif kind == LOGIN105:
            connection.sendall(packet(0x9D, LOGIN110_OK))
        elif kind == SEND80:
            connection.sendall(packet(0x05, struct.pack("<III", 2, 54321, 1)) + packet(0x2E, message80(b"good day")))
        elif kind == SEND110:
            connection.sendall(packet(0x2E, message80(b"good day")))
        elif kind == PING:
            connection.sendall(packet(0x07))
