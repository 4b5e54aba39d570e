#!/bin/bash
# HTTP/2 in the clear, for what stands on it: WebSocket, gRPC, DNS; and HTTP/2 behind an Upgrade of HTTP/1.1.
. "$(dirname "$0")/lib.sh"

unset NODE_EXTRA_CA_CERTS
js_server http2_websocket.js server 127.0.0.4 9080
serve grpc.log python3 "$MAKE/grpc_greeter.py" server 127.0.0.4:50051
until_open 127.0.0.4 9080
until_open '\[::ffff:127.0.0.4\]' 50051  # gRPC listens on a mapped address

capture websocket-http2-clear 'tcp port 9080'
js http2_websocket.js client 127.0.0.4 9080
done_as pcapng

capture grpc 'tcp port 50051'
run python3 "$MAKE/grpc_greeter.py" client 127.0.0.4:50051
done_as pcap

# Apache speaks h2c to those who ask for it.
mkdir -p root
echo 'Two households, both alike in dignity,' > root/short.txt
cat > apache.conf <<C
ServerName www.example
Listen 127.0.0.4:18082
PidFile $WORK/apache.pid
ErrorLog $WORK/apache.log
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule http2_module /usr/lib/apache2/modules/mod_http2.so
Protocols h2c http/1.1
DocumentRoot $WORK/root
C
serve apache.out /usr/sbin/apache2 -X -f "$WORK/apache.conf"
until_open 127.0.0.4 18082

capture http2-upgrade 'tcp port 18082'
run curl -sS --http2 -o got http://www.example:18082/short.txt
done_as pcapng

# unbound answers for a zone of its own (RFC 8484).
cat > unbound.conf <<C
server:
  interface: 127.0.0.4@8053
  https-port: 8053
  http-notls-downstream: yes
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "$WORK"
  pidfile: "$WORK/unbound.pid"
  use-syslog: no
  access-control: 127.0.0.0/8 allow
  module-config: "iterator"
  local-zone: "example." static
  local-data: "chat.example. 60 IN A 127.0.0.2"
  local-data: "other.example. 60 IN A 127.0.0.3"
remote-control:
  control-enable: no
C
serve unbound.log unbound -d -c unbound.conf
until_open 127.0.0.4 8053

capture dns-http2 'tcp port 8053'
js dns_http2.js 127.0.0.4 8053 chat.example other.example
done_as pcapng
