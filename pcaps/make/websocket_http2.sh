#!/bin/bash
# WebSocket over HTTP/2 (RFC 8441) with keys: Node at both ends, and HAProxy in front of HTTP/1.1.
. "$(dirname "$0")/lib.sh"

certificate ws.example
js_server websocket_server.js 127.0.0.4 8088 8443 9443 "$CA/ws.example.pem"
cat > haproxy.cfg <<C
global
  user root
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
  timeout tunnel 10s
frontend web
  bind 127.0.0.4:9444 ssl crt $CA/ws.example.pem alpn h2,http/1.1
  default_backend node
backend node
  server node 127.0.0.4:8088
C
serve haproxy.log haproxy -db -f haproxy.cfg
until_open 127.0.0.4 9443
until_open 127.0.0.4 9444
js_server page_server.js 127.0.0.4 8000
until_open 127.0.0.4 8000

capture websocket-http2-node 'tcp port 9443'
js http2_websocket_client.js https://ws.example:9443 /plain
done_as pcapng
# The same packets with the keys in the file, in front.
base=$PCAPS/websocket-http2-node
editcap --inject-secrets "tls,$base.keys" "$base.pcapng" "$base-secrets.pcapng"

# Both sides of the proxy: WebSocket over HTTP/2 in TLS comes in, over HTTP/1.1 in the clear it goes on.
capture websocket-http2-haproxy 'tcp port 9444 or tcp port 8088'
js http2_websocket_client.js https://ws.example:9444 /plain
done_as pcapng

# A browser opens a WebSocket with a connection of its own unless it has one that allows extended CONNECT.
capture websocket-http2-haproxy-chromium 'tcp port 9444'
browse 'https://ws.example:9444/echo.html?/deflate'
done_as pcapng
