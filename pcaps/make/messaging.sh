#!/bin/bash
# Open messaging protocols on TCP: MQTT, STOMP, AMQP, NATS, IRC.
. "$(dirname "$0")/lib.sh"
. "$MAKE/brokers.sh"

cat > ngircd.conf <<'C'
[Global]
  Name = irc.example
  Info = Verona
  Listen = 127.0.0.4
  Ports = 6667, 16667
  MotdPhrase = "Two households, both alike in dignity"
  ServerUID = 0
  ServerGID = 0
[Options]
  DNS = no
  Ident = no
  PAM = no
C
serve ngircd.log ngircd -n -f ngircd.conf
serve nats.log nats-server -a 127.0.0.4 -p 14222
start_mosquitto
start_rabbitmq
until_open 127.0.0.4 16667
until_open 127.0.0.4 14222

# mqtt PORT VERSION: a subscriber that waits for the one message of a publisher.
mqtt() {
  run mosquitto_sub -h broker.example -p "$1" -V "$2" -i romeo -t 'verona/#' -q 2 -C 1 "${@:3}" >sub.log &
  local subscriber=$!
  sleep 0.5
  run mosquitto_pub -h broker.example -p "$1" -V "$2" -i juliet -u juliet -P r0m30 -t verona/balcony -q 2 -m 'Wherefore art thou?' "${@:3}"
  wait $subscriber
}

capture mqtt-311 'tcp port 17883'
mqtt 17883 mqttv311
done_as pcapng

capture mqtt-5 'tcp port 1883'
mqtt 1883 mqttv5
done_as pcap

capture mqtt-tls 'tcp port 8883'
env $(preload) SSLKEYLOGFILE="$(keys)" timeout 20 mosquitto_pub -h broker.example -p 8883 -V mqttv311 --cafile "$CA/root.crt" \
  --tls-alpn mqtt -t verona/balcony -q 1 -m 'Wherefore art thou?'
done_as pcapng

messaging() { # messaging NAME WHAT PORT FORMAT
  capture "$1" "tcp port $3"
  js messaging_client.js "$2" 127.0.0.4 "$3"
  done_as "$4"
}
messaging stomp stomp 17613 pcap
messaging amqp amqp 17672 pcapng
messaging nats nats 14222 pcap
messaging irc irc 16667 pcapng

# irssi asks for capabilities first and has its own order of commands.
capture irc-irssi 'tcp port 6667'
mkdir -p irssi
{ sleep 3; echo '/join #verona'; sleep 1; echo 'Good king of cats'; sleep 0.5; echo '/quit'; sleep 1; } |
  TERM=xterm IRCUSER=tybalt IRCNAME=Tybalt timeout 12 script -qec "irssi --home=irssi -c irc.example -p 6667 -n tybalt" /dev/null >irssi.log 2>&1 || true
done_as pcap
