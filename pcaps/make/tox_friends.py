#!/usr/bin/env python3
"""tox_friends.py [relay]: two friends by libtoxcore and a node that both know; with `relay` they use no datagrams."""
import ctypes
import sys
import time

tox = ctypes.CDLL("libtoxcore.so.2")
for name, result, *arguments in [
    ("tox_options_new", "p", "p"), ("tox_options_set_udp_enabled", None, "p", "?"),
    ("tox_options_set_local_discovery_enabled", None, "p", "?"),
    ("tox_options_set_ipv6_enabled", None, "p", "?"), ("tox_options_set_start_port", None, "p", "H"),
    ("tox_options_set_end_port", None, "p", "H"), ("tox_options_set_tcp_port", None, "p", "H"),
    ("tox_new", "p", "p", "p"), ("tox_self_get_public_key", None, "p", "s"),
    ("tox_self_get_dht_id", None, "p", "s"), ("tox_friend_add_norequest", "I", "p", "s", "p"),
    ("tox_bootstrap", "?", "p", "s", "H", "s", "p"), ("tox_add_tcp_relay", "?", "p", "s", "H", "s", "p"),
    ("tox_iterate", None, "p", "p"), ("tox_friend_get_connection_status", "i", "p", "I", "p"),
    ("tox_friend_send_message", "I", "p", "I", "i", "s", "z", "p"),
]:
    kinds = {"p": ctypes.c_void_p, "s": ctypes.c_char_p, "?": ctypes.c_bool, "H": ctypes.c_uint16,
             "I": ctypes.c_uint32, "i": ctypes.c_int, "z": ctypes.c_size_t, None: None}
    getattr(tox, name).restype = kinds[result]
    getattr(tox, name).argtypes = [kinds[each] for each in arguments]

NODE_PORT, RELAY_PORT = 33445, 33446
RELAYED = sys.argv[1:] == ["relay"]


def make(port, datagrams, relay_port=0):
    options = tox.tox_options_new(None)
    tox.tox_options_set_udp_enabled(options, datagrams)
    tox.tox_options_set_local_discovery_enabled(options, False)
    tox.tox_options_set_ipv6_enabled(options, False)
    tox.tox_options_set_start_port(options, port)
    tox.tox_options_set_end_port(options, port)
    tox.tox_options_set_tcp_port(options, relay_port)
    return tox.tox_new(options, None)


def key(of, function=None):
    buffer = ctypes.create_string_buffer(32)
    (function or tox.tox_self_get_public_key)(of, buffer)
    return buffer.raw


node = make(NODE_PORT, True, RELAY_PORT)
romeo, juliet = make(33447, not RELAYED), make(33448, not RELAYED)
tox.tox_friend_add_norequest(romeo, key(juliet), None)
tox.tox_friend_add_norequest(juliet, key(romeo), None)
node_key = key(node, tox.tox_self_get_dht_id)
for each in (romeo, juliet):
    tox.tox_bootstrap(each, b"127.0.0.1", NODE_PORT, node_key, None)
    if RELAYED:
        tox.tox_add_tcp_relay(each, b"127.0.0.1", RELAY_PORT, node_key, None)
sent = 0
end = time.time() + (80 if RELAYED else 25)
while time.time() < end and sent < 3:
    for each in (node, romeo, juliet):
        tox.tox_iterate(each, None)
    if tox.tox_friend_get_connection_status(romeo, 0, None):
        text = b"Wherefore art thou?"
        tox.tox_friend_send_message(romeo, 0, 0, text, len(text), None)
        sent += 1
    time.sleep(0.04)
print("messages sent:", sent)
