#!/bin/bash
# WebSocket itself: extensions, frames, TLS, HTTP/2, and as a tunnel. The server is Node's ws.
. "$(dirname "$0")/lib.sh"

certificate ws.example
js_server websocket_server.js 127.0.0.4 8088 8443 9443 "$CA/ws.example.pem"
until_open 127.0.0.4 9443

capture websocket-frames 'tcp port 8088'
js websocket_client.js ws://ws.example:8088/plain frames
done_as pcapng

capture websocket-deflate 'tcp port 8088'
js websocket_client.js ws://ws.example:8088/deflate lines chat.v2 chat.v1
done_as pcap

capture websocket-deflate-no-takeover 'tcp port 8088'
js websocket_client.js ws://ws.example:8088/no-takeover offer_no_takeover
done_as pcapng

capture websocket-refused 'tcp port 8088'
js websocket_client.js ws://ws.example:8088/nowhere lines
done_as pcap

# The page comes from another port, so that only the WebSocket is in the capture.
js_server page_server.js 127.0.0.4 8000
until_open 127.0.0.4 8000

capture websocket-chromium 'tcp port 8088'
browse 'http://www.example:8000/echo.html?ws://ws.example:8088/deflate'
done_as pcapng

capture websocket-tls-chromium 'tcp port 8443'
browse 'http://www.example:8000/echo.html?wss://ws.example:8443/deflate'
done_as pcapng

# Here it must be the page's own server: the browser takes the HTTP/2 connection that it has.
capture websocket-http2-chromium 'tcp port 9443'
browse 'https://ws.example:9443/echo.html?/plain'
done_as pcap

# ssh through websockify: a stream of octets that knows nothing of messages.
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -C juliet -f id
ssh-keygen -q -t ed25519 -N '' -C host -f host
cat > sshd_config <<C
ListenAddress 127.0.0.4:2222
HostKey $WORK/host
AuthorizedKeysFile $WORK/id.pub
PermitRootLogin yes
StrictModes no
UsePAM no
PidFile none
C
serve sshd.log /usr/sbin/sshd -D -e -f sshd_config
serve websockify.log websockify 127.0.0.4:6080 127.0.0.4:2222
until_open 127.0.0.4 6080
remote() { run ssh -F none -i id -o StrictHostKeyChecking=no -o UserKnownHostsFile=known "$@" 'echo Good night, good night!'; }

capture websocket-ssh-tunnel 'tcp port 6080'
remote -o ProxyCommand="node $MAKE/websocket_pipe.js ws://127.0.0.4:6080/" root@ws.example
done_as pcap

capture ssh 'tcp port 2222'
remote -p 2222 root@ws.example
done_as pcapng
