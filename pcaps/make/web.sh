#!/bin/bash
# HTTP and TLS that carry no messaging: what the other captures must not be taken for. nginx and curl.
. "$(dirname "$0")/lib.sh"

certificate www.example
certificate g.whatsapp.net
mkdir -p root logs
echo 'Two households, both alike in dignity,' > root/short.txt
for n in $(seq 60); do echo "<p>In fair Verona, where we lay our scene, $n times.</p>"; done > root/verona.html
cat > nginx.conf <<C
user root;
daemon off;
pid nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  types { text/html html; text/plain txt; }
  gzip on;
  gzip_min_length 100;
  server_tokens off;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_certificate $CA/www.example.crt;
  ssl_certificate_key $CA/www.example.key;
  root $WORK/root;
  server { listen 127.0.0.4:18080; listen [::1]:80; server_name www.example; }
  server { listen 127.0.0.4:18081 http2; }
  server { listen 127.0.0.4:443 ssl http2; }
  server { listen 127.0.0.4:18443 ssl; }
  server { listen 127.0.0.5:5222 ssl; ssl_certificate $CA/g.whatsapp.net.crt; ssl_certificate_key $CA/g.whatsapp.net.key; }
}
C
serve nginx.log nginx -p "$WORK" -c nginx.conf
until_open 127.0.0.5 5222

get() { SSLKEYLOGFILE="$(keys)" run curl -sS --cacert "$CA/root.crt" -o got "$@"; }

# Keep-alive, a chunked answer in gzip, a POST, a HEAD; then pipelining; then IPv6 and port 80.
capture http-keep-alive 'tcp port 18080'
get --compressed http://www.example:18080/short.txt --next -sS -o got --compressed http://www.example:18080/verona.html \
  --next -sS -o got -d 'wherefore=art+thou' http://www.example:18080/short.txt --next -sS -o got -I http://www.example:18080/short.txt
done_as pcapng

capture http-pipelined 'tcp port 18080'
run python3 "$MAKE/http_pipelined.py" 127.0.0.4 18080 www.example
done_as pcap

capture http-ipv6 'tcp port 80'
get 'http://[::1]/short.txt'
done_as pcap

capture http2-clear 'tcp port 18081'
get --http2-prior-knowledge http://www.example:18081/verona.html
done_as pcapng

capture tls12-http2 'tcp port 443'
get --tls-max 1.2 --http2 https://www.example/verona.html
done_as pcapng

capture tls13-http1 'tcp port 18443'
get --http1.1 --compressed https://www.example:18443/verona.html
done_as pcap

# TLS on 5222: a port of XMPP's, and of WhatsApp's, with neither on it. Its name is in the certificate alone, ...
without_a_name() {
  run openssl s_client -connect "$1:5222" -noservername "${@:2}" -CAfile "$CA/root.crt" -keylogfile "$(keys)" -quiet \
    >s_client.log 2>&1 < <(printf 'GET /short.txt HTTP/1.0\r\n\r\n'; sleep 0.5) || true
}
capture whatsapp-name-certificate 'tcp port 5222'
without_a_name 127.0.0.5 -tls1_2
done_as pcapng

# ... and in a DNS answer alone.
cp hosts hosts.named && grep -v whatsapp hosts.named > hosts
serve dnsmasq.log dnsmasq --no-daemon --no-resolv --no-hosts --user=root --listen-address=127.0.0.53 --bind-interfaces \
  --cname=g.whatsapp.net,chat.cdn.whatsapp.net --host-record=chat.cdn.whatsapp.net,127.0.0.5,60
sleep 0.5
capture whatsapp-name-dns 'tcp port 5222 or udp port 53'
without_a_name g.whatsapp.net -4 -tls1_3
done_as pcap
