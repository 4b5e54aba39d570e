// node websocket_pipe.js URL: standard input and output over a WebSocket, as a ProxyCommand of ssh.
const { WebSocket, createWebSocketStream } = require('ws');

const stream = createWebSocketStream(new WebSocket(process.argv[2], ['binary'], { perMessageDeflate: false }));
process.stdin.pipe(stream);
stream.pipe(process.stdout);
stream.on('error', () => process.exit(1)).on('end', () => process.exit(0));
