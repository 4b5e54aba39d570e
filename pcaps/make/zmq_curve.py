#!/usr/bin/env python3
"""zmq_curve.py ADDRESS PORT: a request and its reply by libzmq, encrypted by CURVE."""
import sys
import zmq

context = zmq.Context()
public, secret = zmq.curve_keypair()
server = context.socket(zmq.REP)
server.curve_server = True
server.curve_secretkey, server.curve_publickey = secret, public
endpoint = f"tcp://{sys.argv[1]}:{sys.argv[2]}"
server.bind(endpoint)
client = context.socket(zmq.REQ)
client.curve_publickey, client.curve_secretkey = zmq.curve_keypair()
client.curve_serverkey = public
client.connect(endpoint)
client.send(b"Wherefore art thou?")
print(server.recv().decode())
server.send(b"Here.")
print(client.recv().decode())
context.destroy()
