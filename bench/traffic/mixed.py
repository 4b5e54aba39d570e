"""The conversations of captures, interleaved again and again with other addresses, client ports and times."""
import heapq
import itertools
import os
import pathlib
import sys

from traffic import pcap
from traffic.wire import TCP, UDP, total

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def usual_captures():
    """Ours, and those of the folder that PARLANCE_CORPUS names."""
    folders = [ROOT / "pcaps"]
    if corpus := os.environ.get("PARLANCE_CORPUS"):
        folders.append(pathlib.Path(corpus))
    found = [path for folder in folders for path in sorted(folder.rglob("*"))]
    return [path for path in found if ".pcap" in path.name or path.suffix == ".cap"]


class Template:
    """An Ethernet frame whose addresses and ports are to be replaced."""

    __slots__ = ("time", "frame", "addresses", "ip_checksum", "ports", "checksum", "offloaded")

    def __init__(self, time, frame, addresses, ip_checksum, transport, checksum, pseudo):
        self.time = time
        self.frame = frame
        # Offset and value of the low four octets of each address, and of the ports that move:
        start, length = addresses
        places = (start + length - 4, start + 2 * length - 4)
        self.addresses = [(at, int.from_bytes(frame[at : at + 4], "big")) for at in places]
        ports = [(at, int.from_bytes(frame[at : at + 2], "big")) for at in (transport, transport + 2)]
        self.ports = [(at, port) for at, port in ports if port >= 32768]
        self.ip_checksum = ip_checksum  # offset, or None
        self.checksum = checksum        # offset, or None
        # Left to the network card: the field holds the sum of the pseudo-header, not complemented.
        written = None if checksum is None else int.from_bytes(frame[checksum : checksum + 2], "big")
        self.offloaded = written is not None and (written - pseudo) % 0xFFFF == 0


def template_of(link, time, octets):
    """None for what is not a whole TCP or UDP packet in Ethernet or raw IP."""
    if link == pcap.RAW and octets:
        kind = b"\x08\x00" if octets[0] >> 4 == 4 else b"\x86\xdd"
        octets = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01" + kind + octets
    elif link != pcap.ETHERNET:
        return None
    if len(octets) < 42:
        return None
    kind = octets[12:14]
    if kind == b"\x08\x00" and octets[14] >> 4 == 4:
        if (octets[20] & 0x3F) or octets[21]:
            return None  # a fragment
        transport = 14 + 4 * (octets[14] & 15)
        protocol, addresses, ip_checksum = octets[23], (26, 4), 24
        length = int.from_bytes(octets[16:18], "big")
    elif kind == b"\x86\xdd" and len(octets) >= 54:
        transport, protocol, addresses, ip_checksum = 54, octets[20], (22, 16), None
        length = 40 + int.from_bytes(octets[18:20], "big")
    else:
        return None
    if protocol not in (TCP, UDP) or len(octets) < transport + 8:
        return None
    checksum = transport + (16 if protocol == TCP else 6)
    if len(octets) < checksum + 2 or octets[checksum : checksum + 2] == b"\0\0":
        checksum = None
    start, size = addresses
    pseudo = total(octets[start : start + 2 * size]) + protocol + length - (transport - 14)
    return Template(time, octets, addresses, ip_checksum, transport, checksum, pseudo)


def fix(frame, at, difference):
    """RFC 1624: the checksum after words that sum up to `difference` more."""
    old = frame[at] << 8 | frame[at + 1]
    new = (old - difference) % 0xFFFF or 0xFFFF
    frame[at], frame[at + 1] = new >> 8, new & 255


def rewritten(template, copy):
    """The frame for the copy of this number: all addresses moved alike, ephemeral ports as well."""
    frame = bytearray(template.frame)
    mask = copy * 0x9E3779 & 0x00FFFFFF  # the first octet stays: hosts keep their networks
    difference = 0
    for at, value in template.addresses:
        moved = value ^ mask
        difference += moved - value  # as words: 65536 leaves 1
        frame[at : at + 4] = moved.to_bytes(4, "big")
    if template.ip_checksum is not None:
        fix(frame, template.ip_checksum, difference)
    if template.offloaded:
        fix(frame, template.checksum, -difference)  # ports are not in the pseudo-header
    for at, port in template.ports:
        moved = 32768 + (port + copy * 7919) % 32768
        difference += moved - port
        frame[at], frame[at + 1] = moved >> 8, moved & 255
    if template.checksum is not None and not template.offloaded:
        fix(frame, template.checksum, difference)
    return frame


def load(paths):
    """A list of templates for each capture that has any, times from 0."""
    captures = []
    for path in paths:
        packets = [template_of(*each) for each in pcap.read(path)]
        packets = [each for each in packets if each is not None]
        if not packets:
            continue
        first = min(each.time for each in packets)
        for each in packets:
            each.time -= first
        packets.sort(key=lambda each: each.time)
        captures.append(packets)
    if not captures:
        sys.exit("generate: the captures hold no packets that can be used")
    return captures


def mixed(paths, packets, seconds):
    """(time, frame) pairs. Copies begin evenly over `seconds`; those that have begun are in a heap."""
    captures = load(paths)
    rounds = -(-packets // sum(map(len, captures)))
    copies = rounds * len(captures)
    apart = seconds * 1_000_000 / copies
    playing = []  # next packet's time, copy, its number, where the copy began
    count = 0
    for copy in itertools.count():
        begins = int(copy * apart)
        while playing and playing[0][0] <= begins or copy >= copies:
            if not playing:
                return
            time, played, at, began = playing[0]
            templates = captures[played % len(captures)]
            yield time, rewritten(templates[at], played // len(captures))
            count += 1
            if count >= packets:
                return
            if at + 1 < len(templates):
                heapq.heapreplace(playing, (began + templates[at + 1].time, played, at + 1, began))
            else:
                heapq.heappop(playing)
        heapq.heappush(playing, (begins, copy, 0, begins))
