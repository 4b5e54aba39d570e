"""Captures: read as (link type, microseconds, octets), and written."""
import gzip
import struct

START = 1_700_000_000_000_000  # microseconds, where every capture that is made begins
ETHERNET, RAW = 1, 101
HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, ETHERNET)


def write(path, packets):
    """Writes (microseconds since START, frame) pairs; returns how many."""
    count = 0
    record = struct.Struct("<IIII").pack
    with open(path, "wb", buffering=1 << 20) as out:
        out.write(HEADER)
        for time, octets in packets:
            seconds, micro = divmod(START + time, 1_000_000)
            length = len(octets)
            out.write(record(seconds, micro, length, length) + octets)
            count += 1
    return count


def write_blocks(path, blocks):
    """Writes blocks of whole records, (how many, octets); returns how many."""
    count = 0
    with open(path, "wb", buffering=0) as out:
        out.write(HEADER)
        for records, octets in blocks:
            out.write(octets)
            count += records
    return count


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return read_pcapng(data) if data[:4] == b"\n\r\r\n" else read_pcap(data)


def read_pcap(data):
    if data[:4] not in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d"):
        return
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    scale = 1000 if data[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d") else 1
    link = struct.unpack(order + "I", data[20:24])[0] & 0xFFFF
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, kept, _ = struct.unpack_from(order + "IIII", data, at)
        if at + 16 + kept > len(data):
            return
        yield link, seconds * 1_000_000 + fraction // scale, data[at + 16 : at + 16 + kept]
        at += 16 + kept


def read_pcapng(data):
    order, interfaces, at = "<", [], 0
    while at + 12 <= len(data):
        if data[at : at + 4] == b"\n\r\r\n":
            order = "<" if data[at + 8 : at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            interfaces = []
        kind, length = struct.unpack_from(order + "II", data, at)
        if length < 12 or at + length > len(data):
            return
        body = data[at + 8 : at + length - 4]
        if kind == 1 and len(body) >= 8:
            interfaces.append((struct.unpack_from(order + "H", body)[0], resolution(order, body[8:])))
        elif kind == 6 and len(body) >= 20:
            number, high, low, kept = struct.unpack_from(order + "IIII", body)
            if number < len(interfaces):
                link, per_second = interfaces[number]
                yield link, (high << 32 | low) * 1_000_000 // per_second, body[20 : 20 + kept]
        at += length


def resolution(order, options):
    """Units a second, from option if_tsresol."""
    at = 0
    while at + 4 <= len(options):
        code, length = struct.unpack_from(order + "HH", options, at)
        if code == 9 and length >= 1:
            value = options[at + 4]
            return 2 ** (value & 127) if value & 128 else 10**value
        if code == 0:
            break
        at += 4 + (length + 3) // 4 * 4
    return 1_000_000


def count(path):
    """Packets of a pcap file, without reading what is in them."""
    packets = 0
    with open(path, "rb", buffering=1 << 20) as file:
        header = file.read(24)
        if header[:4] == b"\n\r\r\n" or header[:2] == b"\x1f\x8b":
            return sum(1 for _ in read(path))
        order = "<" if header[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
        length = struct.Struct(order + "8xI4x").unpack
        while len(record := file.read(16)) == 16:
            file.seek(length(record)[0], 1)
            packets += 1
    return packets
