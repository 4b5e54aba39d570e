#!/bin/bash
# More that stands inside TLS, with keys: BOSH, MQTT over WebSocket, IRC, and mail after STARTTLS.
. "$(dirname "$0")/lib.sh"
. "$MAKE/brokers.sh"

certificate mail.example
certificate irc.example
echo '127.0.0.4 mail.example' >> hosts
start_prosody
start_mosquitto
js_server page_server.js 127.0.0.4 8000

capture xmpp-bosh-tls 'tcp port 15281'
until_open 127.0.0.4 8000
browse 'http://127.0.0.4:8000/strophe.html?u=https://chat.example:15281/http-bind'
done_as pcapng

capture mqtt-websocket-tls 'tcp port 7884'
js inside_client.js mqtt 127.0.0.4 wss://broker.example:7884/mqtt
done_as pcapng

# The same packets with the keys in the file: behind the packets they open, and as lines of the section's comment.
base=$PCAPS/mqtt-websocket-tls
python3 "$MAKE/append_secrets.py" "$base.pcapng" "$base.keys" "$base-secrets-behind.pcapng"
editcap --capture-comment "$(cat "$base.keys")" "$base.pcapng" "$base-secrets-comment.pcapng"

# InspIRCd with GnuTLS, which writes its keys itself.
cat > inspircd.conf <<C
<server name="irc.example" description="Verona" network="Verona" id="1VE">
<admin name="Escalus" nick="Escalus" email="escalus@irc.example">
<bind address="127.0.0.4" port="6668" type="clients">
<bind address="127.0.0.4" port="6699" type="clients" sslprofile="gnutls">
<connect allow="*" resolvehostnames="no" useident="no">
<module name="cap"><module name="ssl_gnutls"><module name="starttls">
<sslprofile name="gnutls" provider="gnutls" certfile="$CA/irc.example.crt" keyfile="$CA/irc.example.key" hash="sha256">
<files motd="$WORK/motd">
<pid file="$WORK/inspircd.pid">
<log method="file" level="default" type="*" target="$WORK/inspircd.log">
<dns server="127.0.0.53" timeout="1">
C
echo 'Two households, both alike in dignity' > motd
serve inspircd.out env SSLKEYLOGFILE="$WORK/irc.keys" inspircd --nofork --runasroot --config="$WORK/inspircd.conf"
until_open 127.0.0.4 6699

irssi_to() { # irssi_to PORT OPTION...
  rm -rf irssi
  mkdir -p irssi
  : > irc.keys
  { sleep 1; echo "/connect ${*:2} -tls_cafile $CA/root.crt irc.example $1"; sleep 3; echo '/join #verona'; sleep 1; echo 'Good king of cats'
    sleep 0.5; echo '/quit'; sleep 1; } |
    TERM=xterm IRCNICK=tybalt IRCUSER=tybalt IRCNAME=Tybalt timeout 14 script -qec 'irssi --home=irssi --noconnect' /dev/null >irssi.log 2>&1 || true
  cp irc.keys "$(keys)"
}

capture irc-starttls 'tcp port 6668'
irssi_to 6668 -starttls
done_as pcapng

capture irc-tls 'tcp port 6699'
irssi_to 6699 -tls
done_as pcapng
