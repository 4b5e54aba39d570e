#!/usr/bin/env python3
"""append_secrets.py CAPTURE KEYS OUT: the packets of a pcapng file, and a Decryption Secrets Block behind all of them.

editcap puts the block in front. A program that writes keys as it learns them writes it later, and a reader of files must
still use it for the packets before.
"""
import pathlib
import struct
import sys

DECRYPTION_SECRETS_BLOCK = 0x0A
TLS_KEY_LOG = 0x544C534B

capture, keys, out = map(pathlib.Path, sys.argv[1:])
octets, secrets = capture.read_bytes(), keys.read_bytes()
order = "<" if octets[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
body = struct.pack(order + "II", TLS_KEY_LOG, len(secrets)) + secrets + bytes(-len(secrets) % 4)
length = len(body) + 12
out.write_bytes(octets + struct.pack(order + "II", DECRYPTION_SECRETS_BLOCK, length) + body + struct.pack(order + "I", length))
