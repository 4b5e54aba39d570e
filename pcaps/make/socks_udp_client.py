"""socks_udp_client.py PROXY PORT RESOLVER NAME: asks a resolver through the UDP relay of a SOCKS 5 proxy."""
import socket
import struct
import sys

proxy, port, resolver, name = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
control = socket.create_connection((proxy, port))
control.sendall(bytes([5, 1, 0]))
assert control.recv(2) == bytes([5, 0])
control.sendall(bytes([5, 3, 0, 1]) + bytes(6))
reply = control.recv(10)
assert reply[:4] == bytes([5, 0, 0, 1]), reply
relay = socket.inet_ntoa(reply[4:8]), struct.unpack("!H", reply[8:])[0]

question = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.settimeout(3)
for number, kind in enumerate((1, 28), 1):  # A, AAAA
    header = bytes(3) + bytes([1]) + socket.inet_aton(resolver) + struct.pack("!H", 53)
    query = struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + question + struct.pack("!2H", kind, 1)
    datagrams.sendto(header + query, relay)
    print(datagrams.recv(512).hex())
control.close()
