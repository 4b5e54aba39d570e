"""managesieve_client.py HOST PORT ROOT KEYLOG: STARTTLS, a login and the list of scripts (RFC 5804)."""
import base64
import socket
import ssl
import sys

host, port, root, keys = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]


def answer(stream):
    while not (line := stream.readline()).startswith((b"OK", b"NO", b"BYE")):
        assert line
    assert line.startswith(b"OK"), line


def say(connection, line):
    connection.sendall(line + b"\r\n")


plain = socket.create_connection((host, port))
answer(plain.makefile("rb", buffering=0))
say(plain, b"STARTTLS")
answer(plain.makefile("rb", buffering=0))
context = ssl.create_default_context(cafile=root)
context.keylog_filename = keys
secure = context.wrap_socket(plain, server_hostname=host)
stream = secure.makefile("rb")
answer(stream)
say(secure, b'AUTHENTICATE "PLAIN" "' + base64.b64encode(b"\0romeo\0r0m30") + b'"')
answer(stream)
say(secure, b"LISTSCRIPTS")
answer(stream)
say(secure, b"LOGOUT")
answer(stream)
