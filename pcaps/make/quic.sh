#!/bin/bash
# HTTP/3 over QUIC: ngtcp2's client and server (with GnuTLS), which write their TLS keys.
. "$(dirname "$0")/lib.sh"

certificate www.example
mkdir -p root
for n in $(seq 60); do echo "<p>In fair Verona, where we lay our scene, $n times.</p>"; done > root/verona.html
head -c 60000 /dev/zero | tr '\0' 'v' > root/long.txt
echo 'Two households, both alike in dignity,' > root/short.txt

# server PORT [OPTION...]: a datagram a packet, as on a network.
server() { serve "gtlsserver-$1.log" gtlsserver -q --max-gso-dgrams=1 --htdocs=root "${@:2}" 127.0.0.4 "$1" "$CA/www.example.key" "$CA/www.example.crt"; }
# get PORT [OPTION...] PATH...: each path is a request of the one connection.
get() {
  local port=$1 options=() targets=(); shift
  for each in "$@"; do
    case $each in -*) options+=("$each") ;; *) targets+=("https://www.example:$port/$each") ;; esac
  done
  SSLKEYLOGFILE="$(keys)" run gtlsclient -q --exit-on-all-streams-close "${options[@]}" www.example "$port" \
    "${targets[@]}" >gtlsclient.log 2>&1
}
server 4433
server 4434 -V
sleep 0.5

# Many requests in one connection, more than a flow may have channels.
capture http3 'udp port 4433'
get 4433 -n100 short.txt short.txt verona.html
done_as pcapng

# Retry, version 2, a long answer.
capture http3-retry 'udp port 4434'
get 4434 verona.html long.txt
done_as pcapng

# Packets are lost both ways, the keys are updated, and the suite is ChaCha20-Poly1305.
capture http3-key-update 'udp port 4433'
get 4433 --ciphers=NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+CHACHA20-POLY1305 --tx-loss=0.05 --rx-loss=0.05 \
  --key-update=5ms --delay-stream=50ms verona.html long.txt short.txt
done_as pcapng

# A session resumed, with requests in 0-RTT; the suite has SHA-384.
aes256=--ciphers=NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-256-GCM
capture http3-early-data 'udp port 4433'
get 4433 $aes256 --session-file=session --tp-file=parameters short.txt
get 4433 $aes256 --session-file=session --tp-file=parameters verona.html
done_as pcapng
