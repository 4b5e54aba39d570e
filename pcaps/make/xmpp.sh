#!/bin/bash
# XMPP: Prosody for chat.example, ejabberd for other.example, real clients.
. "$(dirname "$0")/lib.sh"
. "$MAKE/brokers.sh"

certificate other.example

# --- servers ---------------------------------------------------------------------------------------

serve dnsmasq.log dnsmasq --no-daemon --no-resolv --no-hosts --user=root --listen-address=127.0.0.53 --bind-interfaces \
  --address=/chat.example/127.0.0.2 --address=/other.example/127.0.0.3 \
  --srv-host=_xmpp-server._tcp.chat.example,chat.example,15269 --srv-host=_xmpp-server._tcp.other.example,other.example,25269
start_prosody

# ejabberd takes DNS answers from the resolver only where its own table of hosts says so.
echo '{lookup,["file","dns"]}. {nameserver,{127,0,0,53}}. {file,hosts,"/dev/null"}. {file,resolv,"/etc/resolv.conf"}.' > inetrc
start_ejabberd() { # start_ejabberd STARTTLS
  rm -rf spool
  mkdir -p spool
  sed "s|CA_FOLDER|$CA|; s|: STARTTLS|: $1|" "$MAKE/ejabberd.yml" > ejabberd.yml
  serve ejabberd.out env EJABBERD_CONFIG_PATH=ejabberd.yml EJABBERD_LOG_PATH=ejabberd.log SPOOL_DIR=spool \
    ERL_EPMD_ADDRESS=127.0.0.1 ERL_INETRC=./inetrc erl -noinput -sname other@localhost \
    -pa /usr/lib/*-linux-gnu/ejabberd-*/ebin -mnesia dir '"spool"' -s ejabberd \
    -eval '[ejabberd_auth:try_register(U, <<"other.example">>, <<"r0m30">>) || U <- [<<"juliet">>, <<"tybalt">>]].'
  EJABBERD=$!
  until_open 127.0.0.3 25280
  sleep 1
}
start_ejabberd optional
js_server page_server.js 127.0.0.4 8000
until_open 127.0.0.4 8000

# --- client to server ------------------------------------------------------------------------------

c2s() { js xmpp_client.js "$1" "${2:-chat.example}" juliet r0m30 "${3:-romeo@chat.example}"; }

capture xmpp-plain 'tcp port 15222'
c2s xmpp://127.0.0.2:15222 plain.example romeo@plain.example
done_as pcapng

capture xmpp-slixmpp-ipv6 'tcp port 15222'
run python3 "$MAKE/xmpp_slixmpp.py" ::1 15222 romeo@chat.example r0m30
done_as pcap

capture xmpp-ejabberd-plain 'tcp port 25224'
c2s xmpp://127.0.0.3:25224 other.example tybalt@other.example
done_as pcap

capture xmpp-ejabberd-compressed 'tcp port 25224'
run python3 "$MAKE/xmpp_compressed.py" 127.0.0.3 25224 other.example juliet r0m30
done_as pcapng

capture xmpp-starttls 'tcp port 5222'
c2s xmpp://chat.example:5222
done_as pcapng

capture xmpp-ejabberd-starttls 'tcp port 25222'
c2s xmpp://other.example:25222 other.example tybalt@other.example
done_as pcap

capture xmpp-direct-tls 'tcp port 5223'
c2s xmpps://chat.example:5223
done_as pcapng

# The ALPN name of XEP-0368, which the library above does not send.
capture xmpp-direct-tls-alpn 'tcp port 15223'
{
  echo "<?xml version='1.0'?><stream:stream to='chat.example' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
  sleep 1
  echo '</stream:stream>'
  sleep 0.5
} | run openssl s_client -connect chat.example:15223 -servername chat.example -alpn xmpp-client \
  -CAfile "$CA/root.crt" -keylogfile "$(keys)" -quiet >s_client.log 2>&1 || true
done_as pcap

# --- over HTTP -------------------------------------------------------------------------------------

capture xmpp-websocket 'tcp port 15280'
c2s ws://chat.example:15280/xmpp-websocket
done_as pcapng

capture xmpp-ejabberd-websocket 'tcp port 25280'
c2s ws://other.example:25280/ws other.example tybalt@other.example
done_as pcap

capture xmpp-websocket-tls 'tcp port 15281'
c2s wss://chat.example:15281/xmpp-websocket
done_as pcapng

capture xmpp-websocket-chromium 'tcp port 15280'
browse 'http://127.0.0.4:8000/strophe.html?u=ws://chat.example:15280/xmpp-websocket'
done_as pcap

capture xmpp-bosh-chromium 'tcp port 15280'
browse 'http://127.0.0.4:8000/strophe.html?u=http://chat.example:15280/http-bind'
done_as pcapng

# --- through a proxy -------------------------------------------------------------------------------

printf 'Port 3128\nListen 127.0.0.4\nTimeout 30\nMaxClients 10\nConnectPort 15222\nConnectPort 15281\n' > tinyproxy.conf
serve tinyproxy.log tinyproxy -d -c tinyproxy.conf
until_open 127.0.0.4 3128
capture xmpp-connect-tunnel 'tcp port 3128'
serve socat.log socat TCP-LISTEN:9222,bind=127.0.0.1,reuseaddr PROXY:127.0.0.4:chat.example:15222,proxyport=3128
until_open 127.0.0.1 9222
c2s xmpp://127.0.0.1:9222 plain.example romeo@plain.example
done_as pcapng

capture connect-tunnel-tls 'tcp port 3128'
run curl -s --proxy http://127.0.0.4:3128 --cacert "$CA/root.crt" -o curl.out https://chat.example:15281/
done_as pcap

# --- components and servers ------------------------------------------------------------------------

capture xmpp-component 'tcp port 15347'
js xmpp_component.js xmpp://127.0.0.2:15347 echo.chat.example n1ght1ng4l3
done_as pcapng

# Prosody opens a stream to ejabberd, which opens one back to verify it or to answer. STARTTLS first, then without.
: > prosody.keys
capture xmpp-s2s-starttls 'tcp port 15269 or tcp port 25269'
c2s xmpp://127.0.0.2:15222 chat.example juliet@other.example
sleep 2
cp prosody.keys "$(keys)"
done_as pcapng

kill $EJABBERD
sleep 2
start_ejabberd false
capture xmpp-s2s-dialback 'tcp port 15269 or tcp port 25269'
c2s xmpp://127.0.0.3:25224 other.example romeo@chat.example
sleep 2
done_as pcap
