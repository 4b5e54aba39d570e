#!/bin/bash
# TLS with keys inside what carries it: SOCKS, HTTP CONNECT, and a proxy that is spoken to over TLS itself.
. "$(dirname "$0")/lib.sh"
. "$MAKE/brokers.sh"

certificate ws.example
certificate proxy.example
echo '127.0.0.6 proxy.example' >> hosts
start_prosody
js_server websocket_server.js 127.0.0.4 8088 8443 9443 "$CA/ws.example.pem"
js_server page_server.js 127.0.0.4 8000
serve microsocks.log microsocks -i 127.0.0.6 -p 1080
cat > danted.conf <<'C'
logoutput: stderr
internal: 127.0.0.6 port = 1081
external: 127.0.0.6
socksmethod: none
clientmethod: none
client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
C
serve danted.log danted -f danted.conf -p danted.pid
printf 'Port 3128\nListen 127.0.0.6\nTimeout 30\nMaxClients 10\n' > tinyproxy.conf
serve tinyproxy.log tinyproxy -d -c tinyproxy.conf
cat > stunnel.conf <<C
foreground = yes
pid =
[proxy]
accept = 127.0.0.6:3129
connect = 127.0.0.6:3128
cert = $CA/proxy.example.pem
C
serve stunnel.log stunnel stunnel.conf
until_open 127.0.0.4 8000
for port in 1080 1081 3128 3129; do until_open 127.0.0.6 $port; done

# wss PROXY: a browser's WebSocket through that proxy, and nothing else, by an automatic configuration in JavaScript.
wss() {
  local script="function FindProxyForURL(url, host) { return host == 'ws.example' ? '$1' : 'DIRECT'; }"
  browse 'http://www.example:8000/echo.html?wss://ws.example:8443/deflate' 15 \
    --proxy-pac-url="data:application/x-ns-proxy-autoconfig;base64,$(echo "$script" | base64 -w0)"
}

capture socks5-websocket-tls 'tcp port 1080'
wss 'SOCKS5 proxy.example:1080'
done_as pcapng

capture socks4-websocket-tls 'tcp port 1081'
wss 'SOCKS proxy.example:1081'
done_as pcapng

capture connect-websocket-tls 'tcp port 3128'
wss 'PROXY proxy.example:3128'
done_as pcapng

# TLS in TLS: both handshakes' keys are in the one key log.
capture tls-in-tls-websocket 'tcp port 3129'
wss 'HTTPS proxy.example:3129'
done_as pcapng

capture tls-in-tls-http 'tcp port 3129'
SSLKEYLOGFILE=$(keys) run curl -sS --proxy https://proxy.example:3129 --proxy-cacert "$CA/root.crt" --cacert "$CA/root.crt" \
  -o curl.out https://ws.example:8443/echo.html
done_as pcapng

# proxied KIND PORT SERVICE: the XMPP client, that knows nothing of the proxy, made to use it.
# proxychains does not send a host's own name to a proxy.
hostname client.example
proxied() {
  printf 'strict_chain\nproxy_dns\n[ProxyList]\n%s 127.0.0.6 %s\n' "$1" "$2" > proxychains.conf
  run proxychains4 -q -f proxychains.conf node --no-deprecation --tls-keylog="$(keys)" "$MAKE/xmpp_client.js" "$3" \
    chat.example juliet r0m30 romeo@chat.example
}

capture socks5-xmpp-starttls 'tcp port 1080'
proxied socks5 1080 xmpp://chat.example:5222
done_as pcapng

capture socks4-xmpp-tls 'tcp port 1081'
proxied socks4 1081 xmpps://chat.example:5223
done_as pcapng

capture connect-xmpp-tls 'tcp port 3128'
proxied http 3128 xmpps://chat.example:5223
done_as pcapng

capture connect-xmpp-starttls 'tcp port 3128'
proxied http 3128 xmpp://chat.example:5222
done_as pcapng
