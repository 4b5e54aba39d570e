"""Flows of one packet, at C's speed: blocks of one frame, whose columns of octets are set by slices.

Within a block every packet has the checksums of the first. What varies from packet to packet (a port, an
address, noise) is balanced by a word that has no other meaning (octets of payload, the low half of a
sequence number, the identification in the IP header), so that the sums stay as they are. The columns are
computed once for a lane of packets and used by every block, of which each has a client of its own."""
import array
import random
import sys

from traffic import pcap
from traffic.wire import (SYN, TCP, UDP, Conversation, client_address, ipv4, server_address, total,
                          udp_datagram)

LANE = 16384
RECORD = 16  # octets of a pcap record's header
IP, TRANSPORT = RECORD + 14, RECORD + 34


class Lane:
    """What varies within a block: words by their offset in a record. The last one given balances."""

    def __init__(self):
        self.columns = {}

    def vary(self, words, balance):
        """`words`: offset and LANE values of each; `balance`: the offset of the word that makes up for them."""
        sums = [sum(each) for each in zip(*(values for _, values in words))]
        made_up = [(0xFFFF - each) % 0xFFFF for each in sums]
        for at, values in [*words, (balance, made_up)]:
            self.columns[at] = bytes(each >> 8 for each in values)
            self.columns[at + 1] = bytes(each & 255 for each in values)


def noise_words(number):
    rng = random.Random(number)
    return [rng.getrandbits(16) for _ in range(LANE)]


def ports():
    """All different, in no order."""
    found = list(range(32768, 32768 + LANE))
    random.Random(1).shuffle(found)
    return found


class Scan:
    """UDP datagrams of 24 octets of noise, each of another client port: nobody answers."""

    def __init__(self):
        self.lane = Lane()
        payload = TRANSPORT + 8
        words = [(payload + 2 * i, noise_words(i)) for i in range(8)]
        self.lane.vary([(TRANSPORT, ports()), *words], payload + 16)

    def frame(self, number):
        """The frame of the block's packets, with zeros where they differ."""
        client, server = client_address(number * 7919), server_address(number)
        datagram = udp_datagram(client, 0, server, 20000 + number % 30000, bytes(24))
        return ipv4(client, server, UDP, datagram)


class Flood:
    """SYNs, each of another client."""

    def __init__(self):
        self.lane = Lane()
        low = list(range(LANE))
        random.Random(2).shuffle(low)
        low_address = [each << 2 for each in low]
        # The IP checksum sees the address; the TCP checksum sees the address, too, and the rest.
        self.lane.vary([(IP + 14, low_address)], IP + 4)
        self.lane.vary([(IP + 14, low_address), (TRANSPORT, ports()), (TRANSPORT + 4, noise_words(3))],
                       TRANSPORT + 6)

    def frame(self, number):
        conversation = Conversation(0, 80)
        client = bytes([10 + number // 256 % 90, number % 256, 0, 0])
        conversation.ends[0] = (client, 0)
        conversation.pseudo = total(client + conversation.ends[1][0]) + TCP
        conversation.sequence = [0, 0]
        return conversation.segment(0, SYN)


FLOODS = {"scan": Scan, "flood": Flood}


def blocks(profile, packets, seconds):
    """(how many, octets of their records), each block within one second of capture time."""
    flood = FLOODS[profile]()
    step = max(1, seconds * 1_000_000 // packets)
    made = number = 0
    while made < packets:
        second, micro = divmod(pcap.START + made * step, 1_000_000)
        fitting = -(-(1_000_000 - micro) // step)  # before the second is over
        size = min(LANE, packets - made, fitting)
        yield size, block(flood, number, size, second, range(micro, micro + size * step, step))
        made += size
        number += 1


def block(flood, number, size, second, micros):
    frame = flood.frame(number)
    head = array.array("I", [second, 0, len(frame), len(frame)])
    times = array.array("I", micros)
    if sys.byteorder == "big":
        head.byteswap()
        times.byteswap()
    record = head.tobytes() + frame
    octets = bytearray(record * size)
    width = len(record)
    times = times.tobytes()
    for i in range(3):
        octets[4 + i :: width] = times[i::4]
    for at, column in flood.lane.columns.items():
        octets[at::width] = column[:size]
    return octets
