#!/bin/bash
# Carriers whose inside is a channel again: TURN, SOCKS, CONNECT inside TLS, the PROXY protocol.
. "$(dirname "$0")/lib.sh"
. "$MAKE/brokers.sh"

certificate www.example
certificate broker.example
start_mosquitto
echo 'Two households, both alike in dignity,' > short.txt

# --- TURN: two peers of one browser, voice and a data channel between them -----------------------------

serve turnserver.log turnserver --no-cli --no-tls --no-dtls --listening-ip=127.0.0.4 --listening-port=3478 --relay-ip=127.0.0.4 \
  --min-port=19000 --max-port=19100 --realm=chat.example --user=juliet:r0m30 --lt-cred-mech --allow-loopback-peers \
  --log-file=stdout --pidfile="$WORK/turn.pid" --db="$WORK/turn.db"
js_server page_server.js 127.0.0.4 8000
until_open 127.0.0.4 3478
until_open 127.0.0.4 8000
PEERS='--allow-loopback-in-peer-connection --autoplay-policy=no-user-gesture-required'

capture turn-webrtc 'udp port 3478'
browse 'http://www.example:8000/turn.html?turn:127.0.0.4:3478%3Ftransport=udp' 15 $PEERS
done_as pcapng

capture turn-webrtc-tcp 'tcp port 3478'
browse 'http://www.example:8000/turn.html?turn:127.0.0.4:3478%3Ftransport=tcp' 15 $PEERS
done_as pcapng

# --- SOCKS ---------------------------------------------------------------------------------------------

# Dante wants addresses that an interface has.
ip address add 127.0.0.4/8 dev lo
cat > danted.conf <<C
logoutput: $WORK/dante.log
internal: 127.0.0.4 port = 1080
external: 127.0.0.4
socksmethod: none
clientmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0  command: connect udpassociate }
socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 command: udpreply }
C
serve danted.out danted -f danted.conf
serve microsocks.log microsocks -i 127.0.0.4 -p 1081 -u juliet -P r0m30
cat > unbound.conf <<C
server:
  username: ""
  chroot: ""
  directory: "$WORK"
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  interface: 127.0.0.4@53
  access-control: 127.0.0.0/8 allow
  local-zone: "example." static
  local-data: "chat.example. 60 IN A 127.0.0.2"
  local-data: "chat.example. 60 IN AAAA ::1"
remote-control:
  control-enable: no
C
serve unbound.log unbound -d -c unbound.conf
serve http.log python3 -m http.server 8088 --bind 127.0.0.4
until_open 127.0.0.4 1080
until_open 127.0.0.4 1081
until_open 127.0.0.4 53
until_open 127.0.0.4 8088

# A password, the destination as a name, MQTT inside.
capture socks5-mqtt 'tcp port 1081'
run mosquitto_pub -h broker.example -p 17883 --proxy socks5h://juliet:r0m30@127.0.0.4:1081 -i juliet -t verona/balcony -q 1 \
  -m 'Wherefore art thou?'
done_as pcapng

# OpenSSH's -D is a proxy, too, and one that knows version 4a.
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -C juliet -f id
ssh-keygen -q -t ed25519 -N '' -C host -f host
printf '%s\n' 'ListenAddress 127.0.0.4:2222' "HostKey $WORK/host" "AuthorizedKeysFile $WORK/id.pub" 'PermitRootLogin yes' \
  'StrictModes no' 'UsePAM no' 'PidFile none' > sshd_config
serve sshd.log /usr/sbin/sshd -D -e -f sshd_config
until_open 127.0.0.4 2222
serve ssh.log ssh -F none -i id -o StrictHostKeyChecking=no -o UserKnownHostsFile=known -p 2222 -N -D 127.0.0.4:1082 127.0.0.4
until_open 127.0.0.4 1082

capture socks4a-http 'tcp port 1082'
run curl -sS --socks4a 127.0.0.4:1082 -o got http://www.example:8088/short.txt
done_as pcap

# Nobody listens on port 9.
capture socks5-refused 'tcp port 1080'
run curl -sS --socks5 127.0.0.4:1080 -o got http://127.0.0.4:9/ 2>/dev/null && exit 1
done_as pcap

# The connection and the datagrams are two flows.
capture socks5-udp 'host 127.0.0.4 and (tcp port 1080 or udp and not port 53)'
run python3 "$MAKE/socks_udp_client.py" 127.0.0.4 1080 127.0.0.4 chat.example >answers
done_as pcapng

# --- CONNECT: inside SOCKS, and inside TLS ---------------------------------------------------------------

printf 'Port 3128\nListen 127.0.0.4\nTimeout 30\nMaxClients 10\nConnectPort 8883\nConnectPort 8443\n' > tinyproxy.conf
serve tinyproxy.log tinyproxy -d -c tinyproxy.conf
cat > stunnel.conf <<C
foreground = yes
pid =
[proxy]
accept = 127.0.0.4:3129
connect = 127.0.0.4:3128
cert = $CA/www.example.pem
C
serve stunnel.log stunnel stunnel.conf
serve https.log openssl s_server -accept 127.0.0.4:8443 -cert "$CA/www.example.crt" -key "$CA/www.example.key" -WWW -quiet
until_open 127.0.0.4 3128
until_open 127.0.0.4 3129
until_open 127.0.0.4 8443
fetch() { SSLKEYLOGFILE="$(keys)" run curl -sS --cacert "$CA/root.crt" -o got "$@"; }

capture socks-connect-tls 'tcp port 1080'
fetch --preproxy socks5://127.0.0.4:1080 --proxy http://127.0.0.4:3128 https://www.example:8443/short.txt
done_as pcapng

capture tls-connect-tls 'tcp port 3129'
fetch --proxy https://www.example:3129 --proxy-cacert "$CA/root.crt" https://www.example:8443/short.txt
done_as pcapng

# --- the PROXY protocol ------------------------------------------------------------------------------------

mkdir -p logs
cat > nginx.conf <<C
user root;
daemon off;
pid nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  root $WORK;
  server { listen 127.0.0.4:7080 proxy_protocol; }
  server { listen 127.0.0.4:7443 ssl proxy_protocol; ssl_certificate $CA/www.example.crt; ssl_certificate_key $CA/www.example.key; }
}
C
cat > haproxy.cfg <<C
defaults
  mode tcp
  timeout connect 5s
  timeout client 10s
  timeout server 10s
listen passed_on
  bind 127.0.0.4:7001
  server nginx 127.0.0.4:7443 send-proxy
listen ended_here
  bind 127.0.0.4:7002 ssl crt $CA/www.example.pem alpn http/1.1
  server nginx 127.0.0.4:7080 send-proxy-v2-ssl proxy-v2-options authority,ssl
C
serve nginx.log nginx -p "$WORK" -c nginx.conf
serve haproxy.log haproxy -db -f haproxy.cfg
until_open 127.0.0.4 7080
until_open 127.0.0.4 7443
until_open 127.0.0.4 7002

capture proxy-v1-tls 'tcp port 7443'
fetch https://www.example:7001/short.txt
done_as pcapng

capture proxy-v2-http 'tcp port 7080'
fetch https://www.example:7002/short.txt
rm -f "$(keys)" # of another connection
done_as pcap
