#!/usr/bin/env python3
"""http_pipelined.py ADDRESS PORT HOST: three requests in one segment, three answers in order."""
import socket
import sys

address, port, host = sys.argv[1:]
wire = socket.create_connection((address, int(port)), timeout=3)
paths = ["/short.txt", "/verona.html", "/nowhere"]
last = lambda path: "close" if path == paths[-1] else "keep-alive"
wire.sendall("".join(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\nConnection: {last(path)}\r\n\r\n"
                     for path in paths).encode())
while wire.recv(8192):
    pass
