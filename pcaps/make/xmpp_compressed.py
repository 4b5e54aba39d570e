#!/usr/bin/env python3
"""xmpp_compressed.py ADDRESS PORT DOMAIN USER PASSWORD: stream compression (XEP-0138), which libraries gave up."""
import base64
import socket
import sys
import zlib

address, port, domain, user, password = sys.argv[1:]
STREAM = (f"<?xml version='1.0'?><stream:stream to='{domain}' version='1.0' xmlns='jabber:client' "
          "xmlns:stream='http://etherx.jabber.org/streams'>")
wire = socket.create_connection((address, int(port)), timeout=5)
deflate, inflate = None, None


def say(text):
    octets = text.encode()
    wire.sendall(deflate.compress(octets) + deflate.flush(zlib.Z_SYNC_FLUSH) if deflate else octets)


def hear(until):
    text = ""
    while until not in text:
        octets = wire.recv(8192)
        if not octets:
            sys.exit(f"closed after {text}")
        text += (inflate.decompress(octets) if inflate else octets).decode()
    return text


say(STREAM)
hear("</stream:features>")
token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
say(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{token}</auth>")
hear("<success")
say(STREAM)
hear("</stream:features>")
say("<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>")
hear("<compressed")
deflate, inflate = zlib.compressobj(), zlib.decompressobj()
say(STREAM)
hear("</stream:features>")
say("<iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
hear("<jid>")
say(f"<presence/><message to='{user}@{domain}' type='chat'><body>Squeezed.</body></message>")
hear("Squeezed.")
say("</stream:stream>")
hear("</stream:stream>")
