#!/bin/bash
# TLS 1.3's early data, key updates and padding, which Node does not do: openssl s_client, and nginx before the WebSockets.
. "$(dirname "$0")/lib.sh"

certificate ws.example
rsa_certificate ws.example
js_server tls_server.js 127.0.0.4 4433 4434 4435 4436 4437 "$CA/ws.example.pem" "$CA/ws.example.rsa.pem" "$CA/root.crt"
js_server websocket_server.js 127.0.0.4 8088 8443 9443 "$CA/ws.example.pem"
mkdir -p logs
cat > nginx.conf <<C
user root;
daemon off;
pid nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  ssl_protocols TLSv1.3;
  ssl_certificate $CA/ws.example.crt;
  ssl_certificate_key $CA/ws.example.key;
  proxy_http_version 1.1;
  proxy_set_header Host \$host;
  proxy_set_header Upgrade \$http_upgrade;
  proxy_set_header Connection upgrade;
  server { listen 127.0.0.4:4443 ssl; ssl_early_data on; location / { proxy_pass http://127.0.0.4:8088; } }
  server { listen 127.0.0.4:4444 ssl; ssl_conf_command RecordPadding 512; location / { proxy_pass http://127.0.0.4:8088; } }
}
C
serve nginx.log nginx -p "$WORK" -c nginx.conf
until_open 127.0.0.4 4437
until_open 127.0.0.4 9443
until_open 127.0.0.4 4444

# The client's octets by hand: the request, and frames whose mask is zero (RFC 6455 allows every mask).
upgrade() {
  printf 'GET /plain HTTP/1.1\r\nHost: ws.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
  printf 'Sec-WebSocket-Key: d2hlcmVmb3JlIGFydCB0aA==\r\n\r\n'
}
said() { printf "\x81\x$(printf %x $((0x80 + ${#1})))"'\0\0\0\0'"$1"; }
closed() { printf '\x88\x82\0\0\0\0\x03\xe8'; }
client() { # client PORT OPTION...: what comes in, a read at a time, goes out as a record each.
  run openssl s_client -connect "ws.example:$1" -servername ws.example -CAfile "$CA/root.crt" -keylogfile "$(keys)" "${@:2}" \
    >>s_client.log 2>&1 || true
}

# Key updates by both sides: on 'K' the client updates and has the server answer, on 'k' it does not.
capture tls13-key-update 'tcp port 4433'
{
  upgrade; sleep 0.3; said 'It is the east,'; sleep 0.2
  for key in K k K; do echo $key; sleep 0.2; said "and Juliet is the sun. ($key)"; sleep 0.2; done
  closed; sleep 0.3
} | client 4433
done_as pcapng

# Early data: the upgrade request itself, and a first frame right behind it. The ticket is from the connection before.
capture tls13-early-data 'tcp port 4443'
{ upgrade; sleep 0.4; said 'Arise, fair sun,'; sleep 0.2; closed; sleep 0.3; } | client 4443 -sess_out session
{ upgrade; said 'in early data'; } > early
{ sleep 0.4; said 'and kill the envious moon,'; sleep 0.2; closed; sleep 0.3; } | client 4443 -sess_in session -early_data early
done_as pcapng

# Early data that the server does not take, for the ticket is another's; then one that also asks for another key share.
capture tls13-early-data-refused 'tcp port 4433 or tcp port 4435'
for port in 4433 4435; do
  { sleep 0.4; upgrade; sleep 0.2; said 'Who is already sick'; sleep 0.2; closed; sleep 0.3; } |
    client $port -sess_in session -early_data early -groups X25519:P-384
done
done_as pcapng

# Every record padded to a multiple of 512 octets, both ways.
capture tls13-record-padding 'tcp port 4444'
{ upgrade; sleep 0.3; said 'and pale with grief,'; sleep 0.2; said 'That thou, her maid,'; sleep 0.2; closed; sleep 0.3; } |
  client 4444 -record_padding 512
done_as pcapng
