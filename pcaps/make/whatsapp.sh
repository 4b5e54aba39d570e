#!/bin/bash
# WhatsApp: Baileys against a Noise responder of ours (noise_responder.js), on a name and in the open.
. "$(dirname "$0")/lib.sh"

certificate web.whatsapp.com
js_server whatsapp_server.js 127.0.0.5 7080 443 7522 "$CA/web.whatsapp.com.pem"
until_open 127.0.0.5 443
until_open 127.0.0.5 7522

# The Web protocol with its TLS taken off: as behind a terminator. First contact, then with routing information.
capture whatsapp-web-noise 'tcp port 7080'
js whatsapp_client.js ws://127.0.0.5:7080/ws/chat
done_as pcapng

capture whatsapp-web-noise-routed 'tcp port 7080'
js whatsapp_client.js ws://127.0.0.5:7080/ws/chat 080b0809
done_as pcap

# As it is on the wire: TLS, and only the name shows. The key log opens it down to the Noise frames.
capture whatsapp-web-tls 'tcp port 443'
js whatsapp_client.js wss://web.whatsapp.com/ws/chat
done_as pcapng

# The same packets with the keys in the file.
editcap --inject-secrets "tls,$PCAPS/whatsapp-web-tls.keys" "$PCAPS/whatsapp-web-tls.pcapng" "$PCAPS/whatsapp-web-tls-secrets.pcapng"

# The same, with the look-up of the name before it.
cp hosts hosts.named && grep -v whatsapp hosts.named > hosts
serve dnsmasq.log dnsmasq --no-daemon --no-resolv --no-hosts --user=root --listen-address=127.0.0.53 --bind-interfaces \
  --cname=web.whatsapp.com,mmx-ds.cdn.whatsapp.net --host-record=mmx-ds.cdn.whatsapp.net,127.0.0.5,60
sleep 0.5
capture whatsapp-web-dns-tls 'tcp port 443 or udp port 53'
js whatsapp_client.js wss://web.whatsapp.com/ws/chat
done_as pcapng
cat hosts.named > hosts

# Both legs of a TLS terminator: stunnel in front, WebSocket in the clear behind it, in one capture.
cat > stunnel.conf <<C
foreground = yes
pid =
[web]
accept = 127.0.0.5:8443
connect = 127.0.0.5:7080
cert = $CA/web.whatsapp.com.pem
C
serve stunnel.log stunnel stunnel.conf
until_open 127.0.0.5 8443
capture whatsapp-web-terminator 'tcp port 8443 or tcp port 7080'
js whatsapp_client.js wss://web.whatsapp.com:8443/ws/chat
done_as pcapng

# The phones' form: the same frames on bare TCP.
capture whatsapp-noise-tcp 'tcp port 7522'
js whatsapp_tcp_client.js 127.0.0.5 7522
done_as pcap

capture whatsapp-noise-tcp-routed 'tcp port 7522'
js whatsapp_tcp_client.js 127.0.0.5 7522 080b0809
done_as pcapng
