#!/bin/bash
# What players talk by: Discord's gateway, Tox, Mumble, OpenDHT, Steam; and ZeroMQ.
. "$(dirname "$0")/lib.sh"
unset NODE_EXTRA_CA_CERTS

gateway() { # gateway NAME PORT PROGRAM...
  capture "$1" "tcp port $2"
  serve gateway.log node "$MAKE/discord_gateway.js" 127.0.0.4 "$2"
  local server=$!
  until_open 127.0.0.4 "$2"
  run "${@:3}" 127.0.0.4 "$2"
  kill $server
  done_as pcapng
}
gateway discord-gateway 18080 node "$MAKE/discord_client.js"
gateway discord-gateway-zlib 18081 python3 "$MAKE/discord_client.py"

tox() { # tox NAME FILTER OPTION...
  capture "$1" "$2"
  timeout 100 python3 "$MAKE/tox_friends.py" "${@:3}"
  done_as pcapng
}
tox tox-udp 'udp port 33445 and udp port 33447'
tox tox-relay 'tcp port 33446' relay

mkdir -m 777 murmur # it gives up being root
cat > murmur.ini <<C
database=$WORK/murmur/murmur.sqlite
port=16473
host=127.0.0.4
welcometext=Two households, both alike in dignity
logfile=
allowping=true
C
serve murmur.log murmurd -fg -ini murmur.ini
until_open 127.0.0.4 16473
capture mumble-tls 'tcp port 16473'
js mumble_client.mjs 127.0.0.4 16473
done_as pcapng
capture mumble-ping 'udp port 16473'
run python3 "$MAKE/mumble_ping.py" 127.0.0.4 16473
done_as pcapng

# dhtnode takes commands from its input.
capture opendht 'udp port 14222'
( sleep 8; echo q ) | timeout 20 dhtnode -p 14222 >dht1.log 2>&1 &
sleep 1
( sleep 1; echo "p 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12 Wherefore art thou"; sleep 2
  echo "g 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"; sleep 2; echo q ) |
  timeout 20 dhtnode -p 14223 -b 127.0.0.1:14222 >dht2.log 2>&1 || true
done_as pcapng

capture steam-tcp 'tcp port 27017'
js steam_client.js 127.0.0.4 27017
done_as pcapng

capture zmtp-curve 'tcp port 15555'
run python3 "$MAKE/zmq_curve.py" 127.0.0.4 15555
done_as pcapng
