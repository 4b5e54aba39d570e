#!/bin/bash
# What runs inside WebSocket: each protocol by its own client library (inside_client.js).
. "$(dirname "$0")/lib.sh"
. "$MAKE/brokers.sh"

js_server inside_servers.js 127.0.0.4
start_mosquitto
start_rabbitmq
until_open 127.0.0.4 7009

inside() { # inside NAME WHAT PORT FORMAT
  capture "$1" "tcp port $3"
  js inside_client.js "$2" 127.0.0.4
  done_as "$4"
}

inside socketio-websocket socketio 7001 pcapng
inside socketio-polling-upgrade socketio-polling 7001 pcap
inside signalr-websocket signalr 7002 pcapng
inside graphql-websocket graphql 7003 pcap
inside wamp-websocket wamp 7004 pcapng
inside json-rpc-websocket jsonrpc 7005 pcap
inside actioncable-websocket actioncable 7006 pcapng
inside phoenix-websocket phoenix 7007 pcap
inside sockjs-websocket sockjs 7008 pcapng
inside sip-websocket sip 7009 pcap
inside stomp-websocket stomp 7674 pcapng
inside mqtt-websocket mqtt 7883 pcap
