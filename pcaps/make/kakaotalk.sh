#!/bin/bash
# KakaoTalk: node-kakao against booking and LOCO servers of ours, whose RSA key takes the place of Kakao's.
. "$(dirname "$0")/lib.sh"

echo '127.0.0.6 booking-loco.kakao.com' >> hosts
certificate booking-loco.kakao.com
openssl genrsa -out loco.key 2048 2>/dev/null
openssl rsa -in loco.key -pubout -out loco.pub 2>/dev/null
js_server kakaotalk_server.js 127.0.0.6 7443 7995 "$CA/booking-loco.kakao.com.pem" "$PWD/loco.key"
until_open 127.0.0.6 7443
until_open 127.0.0.6 7995

capture kakaotalk 'tcp port 7443 or tcp port 7995'
js kakaotalk_client.js booking-loco.kakao.com 7443 "$PWD/loco.pub"
done_as pcapng
