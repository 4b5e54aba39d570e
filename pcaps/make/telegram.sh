#!/bin/bash
# Telegram: GramJS and official TDLib against a data centre and proxies of ours (telegram_server.js).
. "$(dirname "$0")/lib.sh"

SECRET=d1c0ffee0123456789abcdef00112233
KEY=$(printf 'made for a test' | openssl dgst -sha512 -hex | cut -d' ' -f2)
KEY=$KEY$KEY$KEY$KEY

certificate ws.example
serve dc.log node "$MAKE/telegram_server.js" 127.0.0.3 80 - plain "$KEY"
serve web.log node "$MAKE/telegram_server.js" 127.0.0.4 80 - web "$KEY"
serve web-tls.log node "$MAKE/telegram_server.js" 127.0.0.4 443 - "web-tls:$CA/ws.example.pem" "$KEY"
until_open 127.0.0.3 80
until_open 127.0.0.4 443

# Each transport: the key exchange, then a client that has its key.
capture telegram-mtproto 'tcp port 80'
for kind in full abridged obfuscated; do
  js telegram_gramjs.js $kind 127.0.0.3 80
  js telegram_gramjs.js $kind 127.0.0.3 80 "$KEY"
done
done_as pcapng

capture telegram-websocket 'tcp port 80'
js telegram_gramjs.js websocket ws.example 80
js telegram_gramjs.js websocket ws.example 80 "$KEY"
done_as pcapng

capture telegram-websocket-tls 'tcp port 443'
js telegram_gramjs.js websocket ws.example 443 "$KEY"
done_as pcapng

# TDLib through a proxy: intermediate and padded frames, then in what looks like TLS.
proxied() { # proxied CAPTURE PORT fake-tls|plain SECRET
  serve "$1.log" node "$MAKE/telegram_server.js" 127.0.0.4 "$2" $SECRET "$3"
  until_open 127.0.0.4 "$2"
  capture "$1" "tcp port $2"
  js telegram_tdlib.js 127.0.0.4 "$2" "$4" || true
  done_as pcapng
  echo "$4" > "$PCAPS/$1.mtproxy-secret"
}
proxied telegram-proxy 7443 plain $SECRET
proxied telegram-proxy-padded 7453 plain dd$SECRET
proxied telegram-proxy-tls 7463 fake-tls "ee$SECRET$(printf www.example | od -An -tx1 | tr -d ' \n')"
