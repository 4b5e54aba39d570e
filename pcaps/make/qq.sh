#!/bin/bash
# QQ on phones: the library oicq logs in at a server of ours, which answers what needs no session key.
. "$(dirname "$0")/lib.sh"

js_server qq_server.js 127.0.0.7 7080
until_open 127.0.0.7 7080

capture qq 'tcp port 7080'
js qq_client.js 127.0.0.7 7080
done_as pcapng
