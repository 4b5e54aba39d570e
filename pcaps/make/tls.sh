#!/bin/bash
# WebSocket over TLS with keys: versions, suites, resumption, and what else a decrypter must follow. Node at both ends.
. "$(dirname "$0")/lib.sh"

certificate ws.example
certificate client.example
rsa_certificate ws.example
js_server tls_server.js 127.0.0.4 4433 4434 4435 4436 4437 "$CA/ws.example.pem" "$CA/ws.example.rsa.pem" "$CA/root.crt"
until_open 127.0.0.4 4437

wss() { # wss NAME PORT FORMAT
  capture "$1" "tcp port $2"
  js tls_client.js "$1" "$CA/client.example.pem" > "$1.log"
  done_as "$3"
}

wss tls13 4433 pcapng
wss tls12-aead 4433 pcapng
wss tls12-cbc 4433 pcapng
wss tls10-tls11-cbc 4433 pcap
# The old RSA key exchange: the server's key opens it, and is kept beside the capture. It serves nothing else.
wss tls-rsa-key-exchange 4433 pcapng
openssl pkey -in "$CA/ws.example.rsa.pem" -out "$PCAPS/tls-rsa-key-exchange.rsa-key.pem"

capture tls12-resumption 'tcp port 4433 or tcp port 4434'
js tls_client.js tls12-resumption "$CA/client.example.pem" > tls12-resumption.log
done_as pcapng

wss tls13-resumption 4433 pcapng
wss tls13-hello-retry 4435 pcapng
wss tls-client-certificate 4436 pcapng
wss tls-small-records 4433 pcapng
wss tls12-renegotiation 4433 pcapng
wss tls-psk 4437 pcapng
