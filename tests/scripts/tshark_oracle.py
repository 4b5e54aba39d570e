"""What tshark decrypts of a capture: the oracle of compare-decryption."""
import dataclasses
import pathlib
import re
import struct
import subprocess
import tempfile

STREAMS_A_RUN = 200  # one -z option each


@dataclasses.dataclass
class Conversation:
    """The decrypted octets of a TCP stream in the order in which they came: (who sent them, octets)."""
    ends: tuple  # the two "address:port", sorted
    pieces: list

    def sent_by(self, end):
        return b"".join(octets for sender, octets in self.pieces if sender == end)


@dataclasses.dataclass
class Secrets:
    key_logs: list
    rsa_keys: list

    def options(self):
        options = [word for each in self.key_logs for word in ("-o", f"tls.keylog_file:{each}")]
        return options + [word for each in self.rsa_keys for word in ("-o", f'uat:rsa_keys:"{each}",""')]


def tshark(capture, options):
    # It says on standard error that it runs as root, and that a capture is cut short: both are no matter here.
    ran = subprocess.run(["tshark", "-n", "-r", capture, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if ran.returncode not in (0, 2):
        raise RuntimeError(f"tshark ended with {ran.returncode}: {ran.stderr.splitlines()[-1:]}")
    return ran.stdout


def ends_of_streams(capture, options):
    """tcp.stream: its two ends."""
    fields = ["tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport"]
    words = [word for field in fields for word in ("-e", field)]
    ends = {}
    for line in tshark(capture, [*options, "-Y", "tcp", "-T", "fields", "-E", "occurrence=l", *words]).splitlines():
        stream, v4, v6, port, to_v4, to_v6, to_port = line.split("\t")
        ends.setdefault(int(stream), tuple(sorted((endpoint(v4 or v6, port), endpoint(to_v4 or to_v6, to_port)))))
    return ends


def endpoint(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def follow(capture, options, streams):
    """tcp.stream: [(0 or 1 for who sent it, octets)] and who 0 is, for those streams of which anything was decrypted."""
    found = {}
    for first in range(0, len(streams), STREAMS_A_RUN):
        asked = [word for each in streams[first:first + STREAMS_A_RUN] for word in ("-z", f"follow,tls,raw,{each}")]
        stream = None
        for line in tshark(capture, [*options, "-q", *asked]).splitlines():
            if said := re.match(r"Filter: tcp\.stream eq (\d+)$", line):
                stream = int(said[1])
            elif said := re.match(r"Node 0: (.*):(\d+)$", line):
                first_sender = endpoint(said[1], said[2])
            elif re.fullmatch(r"\t?([0-9a-f]{2})+", line):
                pieces = found.setdefault(stream, (first_sender, []))[1]
                pieces.append((1 if line[0] == "\t" else 0, bytes.fromhex(line.strip())))
    return found


def conversations(capture, secrets, tls_ports=()):
    """What tshark decrypts, a Conversation a TCP stream. It takes streams for TLS by their ports and first octets;
    `tls_ports` are ports to be taken for TLS where that found nothing (SOCKS4, and STARTTLS that it does not know)."""
    options = secrets.options()
    ends = ends_of_streams(capture, options)
    found = follow(capture, options, sorted(ends))
    rest = [each for each in sorted(ends) if each not in found and ports(ends[each]) & set(tls_ports)]
    if rest:
        forced = [word for each in sorted(tls_ports) for word in ("-d", f"tcp.port=={each},tls")]
        found |= follow(capture, options + forced, rest)
    result = []
    for stream, (first_sender, pieces) in sorted(found.items()):
        other = ends[stream][ends[stream][0] == first_sender]
        result.append(Conversation(ends[stream], [((first_sender, other)[who], octets) for who, octets in pieces]))
    return result


def ports(ends):
    return {int(end.rsplit(":", 1)[1]) for end in ends}


def inside(outer, client, secrets):
    """TLS in TLS, which tshark leaves closed: what the outer TLS carried, as the TCP stream of a capture of its own."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        file.write(tcp_capture([(sender == client, octets) for sender, octets in outer.pieces]))
        file.flush()
        found = conversations(file.name, secrets, tls_ports=[443])
    names = {"127.0.0.1:40000": client, "127.0.0.2:443": outer.ends[outer.ends[0] == client]}
    return [Conversation(outer.ends, [(names[sender], octets) for sender, octets in each.pieces]) for each in found]


def tcp_capture(pieces):
    """A pcap file with one TCP stream from 127.0.0.1:40000 to 127.0.0.2:443."""
    packets = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)]  # link type 101: an IP packet
    at = {True: 1, False: 1}  # the next sequence number of client and server
    number = 0

    def put(from_client, flags, octets):
        nonlocal number
        source, target = (40000, 443) if from_client else (443, 40000)
        tcp = struct.pack(">HHIIBBHHH", source, target, at[from_client], at[not from_client], 5 << 4, flags, 65535, 0, 0)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(octets), 0, 0, 64, 6, 0,
                         *((b"\x7f\0\0\1", b"\x7f\0\0\2") if from_client else (b"\x7f\0\0\2", b"\x7f\0\0\1")))
        packet = ip + tcp + octets
        packets.append(struct.pack("<IIII", number // 1000, number % 1000 * 1000, len(packet), len(packet)) + packet)
        at[from_client] += len(octets) + (flags & 0x02 != 0)
        number += 1

    at[True] = at[False] = 0
    put(True, 0x02, b"")   # SYN
    put(False, 0x12, b"")  # SYN, ACK
    for from_client, octets in pieces:
        for start in range(0, len(octets), 1400):
            put(from_client, 0x18, octets[start:start + 1400])
    return b"".join(packets)


def secrets_of_file(capture):
    """The key log lines that a pcapng file carries, in secrets blocks and in section comments. tshark itself reads
    neither a block that stands behind the packets nor a comment."""
    octets = pathlib.Path(capture).read_bytes()
    lines, at, order = [], 0, "<"
    while at + 12 <= len(octets):
        if octets[at:at + 4] == b"\n\r\r\n":
            order = "<" if octets[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
        kind, length = struct.unpack_from(order + "II", octets, at)
        if at == 0 and kind != 0x0A0D0D0A or length < 12 or at + length > len(octets):
            break
        body = octets[at + 8:at + length - 4]
        if kind == 0x0A0D0D0A:
            lines += comment_lines(body[16:], order)
        elif kind == 0x0A and body[:4] in (b"KSLT", b"TLSK"):
            lines += body[8:8 + struct.unpack_from(order + "I", body, 4)[0]].splitlines()
        at += length
    return [line for line in lines if re.match(rb"[A-Z_0-9]+ [0-9A-Fa-f]+( |$)|RSA Session-ID:", line)]


def comment_lines(options, order):
    lines, at = [], 0
    while at + 4 <= len(options):
        code, length = struct.unpack_from(order + "HH", options, at)
        if code == 1:
            lines += options[at + 4:at + 4 + length].splitlines()
        at += 4 + length + -length % 4
    return lines
