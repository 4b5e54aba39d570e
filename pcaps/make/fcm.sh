#!/bin/bash
# Firebase Cloud Messaging: push-receiver, which does what Chrome does, with a server of ours that calls itself
# mtalk.google.com.
. "$(dirname "$0")/lib.sh"

echo '127.0.0.6 mtalk.google.com' >> hosts
certificate mtalk.google.com
js_server fcm_server.js 127.0.0.6 5228 "$CA/mtalk.google.com.pem"
until_open 127.0.0.6 5228

capture fcm 'tcp port 5228'
js fcm_client.js
done_as pcapng
