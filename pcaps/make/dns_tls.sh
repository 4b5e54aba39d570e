#!/bin/bash
# DNS over TLS (RFC 7858) and over HTTPS (RFC 8484) with keys, and the connections that its answers lead to.
. "$(dirname "$0")/lib.sh"
. "$MAKE/brokers.sh"

echo '127.0.0.53 dns.example' >> hosts
certificate dns.example
certificate ws.example
cat > unbound.conf <<C
server:
  username: ""
  chroot: ""
  directory: "$WORK"
  pidfile: "$WORK/unbound.pid"
  logfile: "$WORK/unbound.log"
  use-syslog: no
  do-daemonize: no
  interface: 127.0.0.53@853
  interface: 127.0.0.53@10853
  interface: 127.0.0.53@443
  https-port: 443
  tls-additional-port: 10853
  tls-service-key: "$CA/dns.example.key"
  tls-service-pem: "$CA/dns.example.crt"
  local-zone: example. static
  local-zone: whatsapp.com. static
  local-data: "web.whatsapp.com. 60 IN A 127.0.0.5"
  local-data: "ws.example. 60 IN A 127.0.0.4"
  local-data: "chat.example. 60 IN A 127.0.0.2"
  local-data: "_xmpps-client._tcp.chat.example. 60 IN SRV 0 0 5223 chat.example."
  local-data: 'verona.example. 60 IN TXT "Two households, both alike in dignity"'
remote-control:
  control-enable: no
C
serve unbound.out unbound -p -c unbound.conf
until_open 127.0.0.53 443
until_open 127.0.0.53 10853

dig_keys() { env $(preload) SSLKEYLOGFILE="$(keys)" timeout 20 dig @127.0.0.53 +tries=1 "$@" >>dig.log 2>&1; }
kdig_keys() { SSLKEYLOGFILE=$(keys) run kdig @127.0.0.53 +tls-ca="$CA/root.crt" +tls-hostname=dns.example "$@" >>kdig.log 2>&1; }

# Several questions on one connection, to a port that is not DNS's.
capture dns-tls 'tcp port 10853'
kdig_keys -p 10853 +keepopen +tls ws.example A ws.example AAAA _xmpps-client._tcp.chat.example SRV verona.example TXT
dig_keys -p 10853 +tls +keepopen ws.example A nowhere.example A
done_as pcapng

# By POST from one client, by GET from another.
capture dns-https 'tcp port 443'
dig_keys -p 443 +https ws.example A +https verona.example TXT
kdig_keys -p 443 +https=/dns-query +https-get chat.example A
done_as pcapng

# A name of WhatsApp's, learnt over TLS and over HTTPS alone, each before a connection that says no name. As in
# whatsapp-name-dns the server is nginx, so that the hint is a false one.
cat > nginx.conf <<C
user root;
daemon off;
pid nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  ssl_certificate $CA/ws.example.crt;
  ssl_certificate_key $CA/ws.example.key;
  ssl_protocols TLSv1.2 TLSv1.3;
  server { listen 127.0.0.5:5222 ssl; return 200 "Good night, good night!"; }
}
C
mkdir -p logs
serve nginx.log nginx -p "$WORK" -c nginx.conf
until_open 127.0.0.5 5222
without_a_name() {
  run openssl s_client -connect 127.0.0.5:5222 -noservername -tls1_3 -keylogfile "$(keys)" -quiet >s_client.log 2>&1 \
    < <(printf 'GET / HTTP/1.0\r\n\r\n'; sleep 0.5) || true
}
capture whatsapp-name-dns-tls 'tcp port 853 or tcp port 5222'
kdig_keys -p 853 +tls web.whatsapp.com A
without_a_name
done_as pcapng

capture whatsapp-name-dns-https 'tcp port 443 or tcp port 5222'
dig_keys -p 443 +https web.whatsapp.com A
without_a_name
done_as pcapng
