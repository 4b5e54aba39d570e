#!/usr/bin/env python3
"""mumble_ping.py ADDRESS PORT: asks a Mumble server for its load, as the client's list of servers does."""
import os
import socket
import sys

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
    asking.settimeout(5)
    for _ in range(2):
        asking.sendto(bytes(4) + os.urandom(8), (sys.argv[1], int(sys.argv[2])))
        print(asking.recv(64).hex())
