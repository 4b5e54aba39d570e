#!/bin/bash
# Messengers' own libraries (chat_client.js) against stubs of their servers (chat_servers.js).
. "$(dirname "$0")/lib.sh"

# libsignal's test mode connects to this name and trusts one root.
certificate localhost
openssl x509 -in "$CA/root.crt" -outform der -out root.der
js_server chat_servers.js 127.0.0.1 "$CA/localhost.pem" "$WORK"
until_open 127.0.0.1 7025
until_open 127.0.0.1 7026

chat() { # chat NAME WHAT PORT FORMAT
  capture "$1" "tcp port $3"
  js chat_client.js "$2" 127.0.0.1 "$WORK/root.der"
  done_as "$4"
}

chat slack-socket-mode slack 7020 pcapng
chat mattermost-websocket mattermost 7021 pcap
chat rocketchat-websocket rocketchat 7026 pcapng
chat matrix matrix 7022 pcapng
chat signal-chat signal 7023 pcapng
chat signal-chat-http2 signal-http2 7025 pcapng
chat signal-hello signal-hello 7024 pcapng
