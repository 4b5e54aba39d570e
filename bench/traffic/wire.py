"""Frames with right checksums: datagrams, and TCP conversations with right sequence numbers.

The Internet checksum is arithmetic modulo 65535, of which big integers are the fastest there is in Python:
a packet's sum is int.from_bytes(octets) % 65535, because 65536 leaves 1."""
import random
import struct

TCP, UDP = 6, 17
FIN, SYN, PUSH, ACK = 1, 2, 8, 16
ETHERNET = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0"  # two local addresses, IPv4


def total(octets):
    """The sum of the 16-bit words, modulo 65535."""
    if len(octets) % 2:
        return (int.from_bytes(octets, "big") << 8) % 0xFFFF
    return int.from_bytes(octets, "big") % 0xFFFF


def checksum(sum_of_words):
    """What is written for that sum (which is never that of zeros only)."""
    return -sum_of_words % 0xFFFF


def ipv4(source, target, protocol, payload, identification=0, fragment=0x4000):
    """An Ethernet frame. `fragment` is the word of flags and offset; by itself: do not fragment."""
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), identification, fragment, 64,
                         protocol, 0, source, target)
    return b"".join((ETHERNET, header[:10], checksum(total(header)).to_bytes(2, "big"), header[12:],
                     payload))


def udp_datagram(source, source_port, target, target_port, payload):
    """The UDP header and its payload."""
    length = 8 + len(payload)
    words = (total(source + target) + UDP + length + source_port + target_port + length
             + total(payload))
    return struct.pack(">HHHH", source_port, target_port, length, checksum(words) or 0xFFFF) + payload


def udp(source, source_port, target, target_port, payload):
    return ipv4(source, target, UDP, udp_datagram(source, source_port, target, target_port, payload))


def client_address(number):
    """One of 10/8."""
    return (0x0A000000 + 1 + number % 0xFFFFFE).to_bytes(4, "big")


def server_address(number):
    return (0xC0000200 + number % 250).to_bytes(4, "big")  # RFC 5737


def noise(number):
    """Random numbers that belong to a conversation, the same each time."""
    return random.Random(number)


class Conversation:
    """Two TCP ends. Every method makes frames; who yields them in another order, or not at all, makes a
    capture of a network that does so."""

    def __init__(self, number, port):
        client, server = client_address(number // 20000), server_address(number)
        self.ends = [(client, 40000 + number % 20000), (server, port)]
        self.pseudo = total(client + server) + TCP
        self.sequence = [number * 2654435761 % 2**32, number * 40503 % 2**32]

    def segment(self, side, flags, payload=b""):
        (source, source_port), (target, target_port) = self.ends[side], self.ends[1 - side]
        sequence = self.sequence[side]
        acknowledgment = self.sequence[1 - side] if flags & ACK else 0
        words = (self.pseudo + 20 + len(payload) + source_port + target_port + sequence
                 + acknowledgment + (0x5000 | flags) + 65535 + total(payload))
        header = struct.pack(">HHIIBBHHH", source_port, target_port, sequence, acknowledgment, 5 << 4,
                             flags, 65535, checksum(words), 0)
        self.sequence[side] = (sequence + len(payload) + bool(flags & (SYN | FIN))) % 2**32
        return ipv4(source, target, TCP, header + payload)

    def open(self):
        yield self.segment(0, SYN)
        yield self.segment(1, SYN | ACK)
        yield self.segment(0, ACK)

    def send(self, side, octets, size=1400):
        for at in range(0, len(octets), size):
            yield self.segment(side, PUSH | ACK, octets[at : at + size])

    def close(self):
        yield self.segment(0, FIN | ACK)
        yield self.segment(1, FIN | ACK)
        yield self.segment(0, ACK)


def talk(number, port, said):
    """A whole conversation: `said` are pairs of side and octets."""
    conversation = Conversation(number, port)
    yield from conversation.open()
    for side, octets in said:
        yield from conversation.send(side, octets)
    yield from conversation.close()


def side_by_side(make, active_at_a_time, packets):
    """So many conversations at a time, a packet of each in turn; make(number) yields the frames of one."""
    number, count, active = 0, 0, []
    while True:
        while len(active) < active_at_a_time:
            active.append(make(number))
            number += 1
        still = []
        for each in active:
            frame = next(each, None)
            if frame is None:
                continue
            yield frame
            count += 1
            if count >= packets:
                return
            still.append(each)
        active = still
