#!/bin/bash
# Gadu-Gadu by libgadu, with a server of ours: nobody else's may be asked, and there is no free one.
. "$(dirname "$0")/lib.sh"

gcc -O1 -o gadu_client "$MAKE/gadu_client.c" -lgadu
serve gadu_server.log python3 "$MAKE/gadu_server.py" 127.0.0.4 18074
until_open 127.0.0.4 18074

capture gadu-gadu 'tcp port 18074'
run ./gadu_client 127.0.0.4 18074 0x2e # Gadu-Gadu 8.0
run ./gadu_client 127.0.0.4 18074 0x40 # Gadu-Gadu 11, in protocol buffers
done_as pcapng
