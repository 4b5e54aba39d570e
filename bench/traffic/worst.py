"""What somebody would send to keep us busy. Each case is a capture of valid conversations: sequence numbers,
lengths and checksums are right, whatever is said inside. Where attention ends after so many octets or
messages, conversations are as short as attention is long, and there are many of them."""
import random
import struct
import zlib
from dataclasses import dataclass
from typing import Callable

from traffic import quic, tls
from traffic.profiles import frame, upgrade
from traffic.wire import (ACK, PUSH, UDP, Conversation, client_address, ipv4, noise,
                          server_address, side_by_side, talk, udp, udp_datagram)

SECONDS = 20  # of capture time: less than any hole is waited for
MEBI = 1 << 20


@dataclass
class Case:
    make: Callable  # make(number) yields the frames of conversation `number`
    packets: int    # for 20 to 50 MB, or hundreds of thousands of packets
    says: str
    at_a_time: int = 64


CASES = {}


def case(packets, says, at_a_time=64):
    """Registers the function below under its name."""
    def register(make):
        CASES[make.__name__.replace("_", "-")] = Case(make, packets, says, at_a_time)
        return make
    return register


def frames(name, packets):
    return side_by_side(CASES[name].make, CASES[name].at_a_time, packets)


def out_of_order(conversation, side, octets, size):
    """The segments in reverse order. The receiver says behind the first that it still waits: so nobody gives
    the hole up."""
    waiting = conversation.segment(1 - side, ACK)
    first, *others = reversed(list(conversation.send(side, octets, size)))
    yield first
    yield waiting
    yield from others


# ---- segments ----------------------------------------------------------------------------------


def http_said(number, fields):
    lines = b"".join(b"X-Field-%d: value %d\r\n" % (i, number * i % 1000) for i in range(fields))
    yield 0, b"GET /%d HTTP/1.1\r\nHost: slow.example\r\n" % number + lines + b"\r\n"
    yield 1, b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 5\r\n\r\nhello"


STREAM = (b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
          b"xmlns:stream='http://etherx.jabber.org/streams' version='1.0' ")


def xmpp_said(number):
    yield 0, STREAM + b"to='slow.example'>"
    yield 1, STREAM + b"from='slow.example' id='%d'><stream:features/>" % number
    for i in range(8):
        yield 0, (b"<message to='a@slow.example' type='chat' id='%d'><body>hello, this is number %d"
                  b"</body><active xmlns='http://jabber.org/protocol/chatstates'/></message>" % (i, i))
        yield 1, b"<iq type='result' id='%d'><query xmlns='jabber:iq:roster' ver='%d'/></iq>" % (i, number)


def in_octets(number, port, said):
    conversation = Conversation(number, port)
    yield from conversation.open()
    for side, octets in said:
        yield from conversation.send(side, octets, 1)
    yield from conversation.close()


@case(300_000, "HTTP in segments of one octet")
def octets_http(number):
    return in_octets(number, 80, [each for i in range(4) for each in http_said(number + i, 12)])


@case(300_000, "XMPP in segments of one octet")
def octets_xmpp(number):
    return in_octets(number, 5222, xmpp_said(number))


@case(300_000, "TLS client hellos in segments of one octet")
def octets_hello(number):
    hello = tls.client_hello(noise(number), b"host-%d.example" % number)
    return in_octets(number, 443, [(0, tls.record(22, hello, 0x0301))])


@case(300_000, "HTTP in segments of one octet, a thousand at a time in reverse order", 16)
def reversed_octets(number):
    conversation = Conversation(number, 80)
    yield from conversation.open()
    for round_ in range(4):
        for side, octets in http_said(number + round_, 40):
            for at in range(0, len(octets), 1000):
                yield from out_of_order(conversation, side, octets[at : at + 1000], 1)
    yield from conversation.close()


@case(30_000, "HTTP in full segments, as many in reverse order as are held", 16)
def reversed_segments(number):
    conversation = Conversation(number, 80)
    yield from conversation.open()
    body = 4 * 700 * 1400
    yield from conversation.send(0, b"POST / HTTP/1.1\r\nHost: slow.example\r\n"
                                    b"Content-Length: %d\r\n\r\n" % body)
    for _ in range(4):
        yield from out_of_order(conversation, 0, b"x" * (700 * 1400), 1400)
    yield from conversation.close()


@case(300_000, "every other octet of a stream, from its end, far more than are held", 256)
def holes(number):
    conversation = Conversation(number, 80)
    yield from conversation.open()
    said = b"".join(octets for side, octets in http_said(number, 150) if side == 0)
    segments = list(out_of_order(conversation, 0, said, 1))
    yield from segments[:2]
    yield from segments[3:-1:2]


@case(30_000, "full segments over a thousand octets that are held one by one", 16)
def overlaps(number):
    conversation = Conversation(number, 80)
    yield from conversation.open()
    said = b"GET /" + b"a" * 1395
    segments = list(out_of_order(conversation, 0, said, 1))
    yield from segments[:2]
    yield from segments[-1023:-1]
    for _ in range(200):  # again and again without the first octet: nothing can be delivered
        conversation.sequence[0] = (conversation.sequence[0] - 1399) % 2**32
        yield from conversation.send(0, said[1:])


# ---- flows -------------------------------------------------------------------------------------


@case(300_000, "flows that differ in few bits, alike in sums and exclusive-ors of both ends", 1)
def collisions(number):
    base, mask = 0x0A000000, number % 65536
    high = number >> 16
    if number % 2:  # the same exclusive-or of both addresses, and of both ports
        source, target = (base | high << 16) ^ mask, 0xC0000000 ^ mask
        ports = 0x8000 ^ (mask & 255), 0x4000 ^ (mask & 255)
    else:           # the same sums
        source, target = (base | high << 16) + mask, 0xC000FFFF - mask
        ports = 0x8000 + (mask & 255), 0x4100 - (mask & 255)
    yield udp(source.to_bytes(4, "big"), ports[0], target.to_bytes(4, "big"), ports[1], b"the same")


@case(300_000, "first fragments of datagrams that never end", 1)
def fragments(number):
    payload = udp_datagram(client_address(number), 40000, server_address(number), 9, bytes(64))[:48]
    yield ipv4(client_address(number), server_address(number), UDP, payload, number % 65536, 0x2000)


@case(300_000, "datagrams in fragments of eight octets, every other one first, backwards")
def small_fragments(number):
    client, server = client_address(number), server_address(number)
    datagram = udp_datagram(client, 40000, server, 9, noise(number).randbytes(8000))
    places = list(range(0, len(datagram), 8))
    for at in places[::-2] + places[-2::-2]:
        more = 0x2000 if at + 8 < len(datagram) else 0
        yield ipv4(client, server, UDP, datagram[at : at + 8], number % 65536, more | at // 8)


# ---- HTTP and XML ------------------------------------------------------------------------------


@case(25_000, "HTTP messages of thousands of header lines")
def header_lines(number):
    lines = b"a:b\r\n" * 12_000
    return talk(number, 80, [(0, b"GET / HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n"),
                             (1, b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n")])


@case(25_000, "HTTP messages of as many short header lines as are read, one behind another")
def header_lines_in_bounds(number):
    lines = b"a:b\r\n" * 250
    asked = b"GET / HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + lines + b"\r\n"
    return talk(number, 80, [(0, asked * 12), (1, answer * 12)])


@case(25_000, "HTTP bodies in chunks of one octet")
def http_chunks(number):
    chunks = b"1\r\na\r\n" * 2500 + b"0\r\n\r\n"
    return talk(number, 80, [(0, b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks),
                             (1, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)])


@case(25_000, "HTTP messages that are as short as can be, one behind another")
def http_pipelined(number):
    return talk(number, 80, [(0, b"GET / HTTP/1.1\r\n\r\n" * 800),
                             (1, b"HTTP/1.1 200 \r\nContent-Length:0\r\n\r\n" * 400)])


@case(25_000, "XMPP: elements 60 deep, opened and closed again, in a stanza without an end")
def deep_xml(number):
    nest = b"<a>" * 60 + b"</a>" * 60
    return talk(number, 5222, [(0, STREAM + b"to='deep.example'><message>"),
                               (1, STREAM + b"from='deep.example' id='1'><message>"),
                               (0, nest * 150), (1, nest * 150)])


@case(25_000, "XMPP: elements nested thousands deep")
def deeper_xml(number):
    return talk(number, 5222, [(0, STREAM + b"to='deep.example'><message>"),
                               (1, STREAM + b"from='deep.example' id='1'><message>"),
                               (0, b"<a>" * 5000), (1, b"<a>" * 5000)])


@case(25_000, "XMPP: many small stanzas, each of many attributes")
def xml_attributes(number):
    attributes = b"".join(b" %c%c='1'" % (a, b) for a in b"abcdefgh" for b in b"abcdefgh")
    stanza = b"<message" + attributes + b"/>"
    return talk(number, 5222, [(0, STREAM + b"to='wide.example'>"),
                               (1, STREAM + b"from='wide.example' id='1'>"),
                               (0, stanza * 60), (1, stanza * 60)])


# ---- WebSocket ---------------------------------------------------------------------------------


@case(25_000, "WebSocket messages without a single octet")
def empty_frames(number):
    return talk(number, 80, [*upgrade(number), (0, frame(1, b"", b"\1\2\3\4") * 1200),
                             (1, frame(1, b"") * 3600)])


@case(25_000, "WebSocket messages in fragments without a single octet, pings between them")
def empty_fragments(number):
    inside = frame(0, b"", first=0) + frame(9, b"")
    masked = frame(0, b"", b"\1\2\3\4", 0) + frame(9, b"", b"\1\2\3\4")
    return talk(number, 80, [*upgrade(number), (0, frame(1, b"x", b"\1\2\3\4", 0) + masked * 600),
                             (1, frame(1, b"x", first=0) + inside * 1800)])


def deflated(octets):
    """RFC 7692 section 7.2.1."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (machine.compress(octets) + machine.flush(zlib.Z_SYNC_FLUSH))[:-4]


BOMBS = {"text": deflated(b'["' + b"a" * (MEBI - 4) + b'"]'), "nested": deflated(b"[" * MEBI),
         "small": deflated(b'{"a":"' + b"b" * 4000 + b'"}')}
TAKE_NOTHING_OVER = b"permessage-deflate; server_no_context_takeover; client_no_context_takeover"


def bombs(number, kind, count):
    mask = struct.pack(">I", number)
    said = [(0, frame(1, BOMBS[kind], mask, 0xC0)), (1, frame(1, BOMBS[kind], first=0xC0))] * count
    return talk(number, 80, [*upgrade(number, TAKE_NOTHING_OVER), *said])


@case(25_000, "WebSocket messages of 1 kB that inflate to 1 MiB of text")
def deflate_bombs(number):
    return bombs(number, "text", 16)


@case(25_000, "WebSocket messages of 1 kB that inflate to 1 MiB of brackets")
def deflate_brackets(number):
    return bombs(number, "nested", 16)


@case(100_000, "WebSocket messages of 40 octets that inflate to 4 kB of JSON")
def deflate_small(number):
    return bombs(number, "small", 16)


# ---- QUIC --------------------------------------------------------------------------------------


def quic_flow(number, payload):
    yield udp(client_address(number * 7919), 40000 + number % 20000, server_address(number), 443, payload)


@case(30_000, "QUIC Initial packets with a client hello, each its own flow", 1)
def quic_initials(number):
    rng = noise(number)
    hello = tls.client_hello(rng, b"host-%d.example" % number)
    return quic_flow(number, quic.client_initial(rng, quic.crypto_frame(0, hello)))


@case(30_000, "QUIC Initial packets whose client hello comes in frames of two octets, backwards", 1)
def quic_pieces(number):
    rng = noise(number)
    hello = tls.client_hello(rng, b"host-%d.example" % number)[:450]
    pieces = [quic.crypto_frame(at, hello[at : at + 2]) for at in range(0, len(hello), 2)]
    return quic_flow(number, quic.client_initial(rng, b"".join(reversed(pieces))))


@case(30_000, "as many small QUIC Initial packets in a datagram as fit", 1)
def quic_coalesced(number):
    return quic_flow(number, quic.coalesced_initials(noise(number)))


@case(30_000, "the same of Facebook's version, for which three keys are tried; none opens them", 1)
def quic_coalesced_forged(number):
    return quic_flow(number, quic.coalesced_forged_initials(noise(number), 0xFACEB002))


@case(30_000, "QUIC Initial packets that cannot be opened, each its own flow", 1)
def quic_forged(number):
    return quic_flow(number, quic.forged_initial(noise(number)))


# ---- other protocols -----------------------------------------------------------------------------


@case(25_000, "TLS hellos of which every octet is a record")
def tls_tiny_records(number):
    rng = noise(number)
    hellos = (tls.client_hello(rng, b"host-%d.example" % number), tls.server_hello(rng, True))
    return talk(number, 443, [(side, b"".join(tls.record(22, bytes([each])) for each in hello))
                              for side, hello in enumerate(hellos)])


@case(25_000, "MQTT pings, hundreds in a segment")
def mqtt_pings(number):
    connect = b"\x10\x10\0\4MQTT\4\2\0\x3c\0\4%04d" % (number % 10000)
    return talk(number, 1883, [(0, connect), (1, b"\x20\2\0\0"), (0, b"\xc0\0" * 7000),
                               (1, b"\xd0\0" * 7000)])


@case(60_000, "DNS answers of 60 long names that point into one another", 1)
def dns_names(number):
    labels = b"".join(b"\2%02d" % (i % 100) for i in range(80)) + b"\0"
    question = labels + b"\0\1\0\1"
    answers = b"".join(b"\xc0" + bytes([12 + i % 3 * 3]) + b"\0\1\0\1\0\0\0\x3c\0\4\x0a"
                       + struct.pack(">I", number * 60 + i)[1:] for i in range(60))
    identification = struct.pack(">H", number % 65536)
    client, server = client_address(number * 7919), server_address(number)
    yield udp(client, 40000, server, 53, identification + b"\1\0\0\1\0\0\0\0\0\0" + question)
    yield udp(server, 53, client, 40000,
              identification + b"\x81\x80\0\1\0\x3c\0\0\0\0" + question + answers)


# ---- what is in no protocol --------------------------------------------------------------------


@case(300_000, "the least of everything: an opening and one octet that many protocols begin with")
def openings(number):
    conversation = Conversation(number, (80, 443, 1883, 5060, 5222, 6667)[number % 6])
    yield from conversation.open()
    rng = random.Random(number)
    first = rng.choice((b"GET ", b"\x16\x03\x01", b"\x10", b"REGISTER ", b"<", b"NICK ", b"\x05", b"{"))
    yield conversation.segment(0, PUSH | ACK, first)
    yield conversation.segment(1, PUSH | ACK, first)


@case(25_000, "streams of nothing but what signatures look for anywhere")
def hits_in_streams(number):
    words = (b" HTTP/1.1\na STARTTLS\nurn:xmpp:a jabber:iq:http://etherx.jabber.org/streams PRIVMSG #\n"
             b"AUTH TLS\nSTLS\n RTSP/1.0\n\nv:SIP/2.0/TCP \nMAIL FROM:<")
    return talk(number, 7777, [(0, words * 60), (1, words * 60)])


KEYS = (b'"command":"message","type":"connection_init","msg":"connect","heartbeat_interval":1,"host_int": 1,'
        b'"jsonrpc":"2.0","msg_type":"kernel_info_request","broadcast":{},"action":"authentication_challenge",'
        b'"a":["phx_join","phoenix","heartbeat"],"type":"hello","type":"start","type":"confirm_subscription"')


@case(25_000, "WebSocket messages of nothing but what signatures look for anywhere")
def hits_in_messages(number):
    text = b"{" + b",".join([KEYS] * 3) + b"}"
    mask = struct.pack(">I", number)
    return talk(number, 80, [*upgrade(number), *[(0, frame(1, text, mask)), (1, frame(1, text))] * 16])


@case(50_000, "datagrams of nothing but what signatures look for anywhere", 64)
def hits_in_datagrams(number):
    words = (b"\nv:SIP/2.0/UDP \xa0\x10\2\1\1\2\1\1\nST:uuid: http://jabber.org/protocol/httpbind {"
             + KEYS + b"} ")
    client, server = client_address(number), server_address(number)
    for i in range(16):
        yield udp(client, 40000, server, 7777, words[i:] + words)
        yield udp(server, 7777, client, 40000, words[i:] + words)
