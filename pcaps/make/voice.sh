#!/bin/bash
# SIP and RTP by sipp, STUN and TURN by coturn.
. "$(dirname "$0")/lib.sh"
export TERM=dumb

# sipp takes its instructions from files of the working folder.
cp "$MAKE"/sipp_*.xml .
head -c 8000 /dev/zero | tr '\0' '\377' > tone.ulaw # silence in PCMU
answering() { serve $CAPTURE.uas timeout 15 sipp "$@" -i 127.0.0.4 -m 1 -nostdin; sleep 0.7; }
calling() { run sipp "$@" -i 127.0.0.1 -p 25060 -m 1 -nostdin >$CAPTURE.uac 2>&1; }

capture sip-udp 'udp port 15060'
answering -sn uas -p 15060
calling -sn uac 127.0.0.4:15060 -d 300
done_as pcapng

capture sip-tcp 'tcp port 5060'
answering -sn uas -p 5060 -t t1
calling -sn uac 127.0.0.4:5060 -t t1 -d 300
done_as pcap

capture sip-message 'udp port 15061'
answering -sf sipp_message_answer.xml -p 15061
calling -sf sipp_message.xml 127.0.0.4:15061
done_as pcap

capture sip-rtp 'udp'
answering -sn uas -p 15062 -mi 127.0.0.4 -mp 17000 -rtp_echo
calling -sf sipp_call.xml 127.0.0.4:15062 -mi 127.0.0.1 -mp 18000
done_as pcapng

serve turnserver.log turnserver --no-cli --no-tls --no-dtls --listening-ip=127.0.0.4 --listening-port=13478 --relay-ip=127.0.0.4 \
  --min-port=19000 --max-port=19100 --realm=chat.example --user=juliet:r0m30 --lt-cred-mech --allow-loopback-peers \
  --log-file=stdout --pidfile="$WORK/turn.pid" --db="$WORK/turn.db"
serve peer.log turnutils_peer -L 127.0.0.4 -p 13480
until_open 127.0.0.4 13478

capture stun-binding 'udp port 13478'
run turnutils_stunclient -p 13478 127.0.0.4 >stun.log
done_as pcap

capture turn-udp 'udp port 13478'
run turnutils_uclient -u juliet -w r0m30 -p 13478 -e 127.0.0.4 -r 13480 -n 3 -m 1 -c 127.0.0.4 >turn.log 2>&1
done_as pcapng

capture turn-tcp 'tcp port 13478'
run turnutils_uclient -t -u juliet -w r0m30 -p 13478 -e 127.0.0.4 -r 13480 -n 3 -m 1 -c 127.0.0.4 >turn.log 2>&1
done_as pcapng
