// node websocket_server.js ADDRESS CLEAR_PORT TLS_PORT HTTP2_PORT PEM: WebSockets that echo, by path, beside the pages.
const fs = require('node:fs');
const http = require('node:http');
const http2 = require('node:http2');
const https = require('node:https');
const { WebSocket, WebSocketServer } = require('ws');
const { answer } = require('./page_server');

const [address, clear_port, tls_port, http2_port, pem] = process.argv.slice(2);
const tls = { key: fs.readFileSync(pem), cert: fs.readFileSync(pem) };

// Long messages are answered with their length: a capture need not hold them twice.
function echo(socket) {
  socket.on('message', (message, binary) => {
    if (message.length > 2000) socket.send(`got ${message.length} octets`);
    else socket.send(message, { binary });
  });
}

const DEFLATE = {
  '/plain': false,
  '/deflate': { threshold: 0 },
  '/no-takeover': { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 10 },
};
const servers = Object.fromEntries(Object.entries(DEFLATE).map(([path, perMessageDeflate]) =>
  [path, new WebSocketServer({ noServer: true, perMessageDeflate, handleProtocols: (offered) => [...offered][0] })]));
for (const server of Object.values(servers)) server.on('connection', echo);

function upgrade(request, socket, head) {
  const server = servers[request.url.split('?')[0]];
  if (server) server.handleUpgrade(request, socket, head, (opened) => server.emit('connection', opened, request));
  else socket.end('HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 16\r\n\r\nno websocket here');
}

http.createServer(answer).on('upgrade', upgrade).listen(clear_port, address);
https.createServer(tls, answer).on('upgrade', upgrade).listen(tls_port, address);

// WebSocket over HTTP/2 (RFC 8441). ws knows no such thing, but takes any duplex stream as its socket.
http2.createSecureServer({ ...tls, settings: { enableConnectProtocol: true } }, (request, response) => {
  if (request.method !== 'CONNECT') answer(request, response);
}).on('stream', (stream, headers) => {
  if (headers[':protocol'] !== 'websocket') return;
  stream.respond({ ':status': 200 });
  stream.setNoDelay = stream.setKeepAlive = () => {};
  const socket = new WebSocket(null, undefined, {});
  socket._isServer = true;
  socket.setSocket(stream, Buffer.alloc(0), { maxPayload: 1 << 20, skipUTF8Validation: false, allowSynchronousEvents: true });
  echo(socket);
}).on('connect', () => {}).listen(http2_port, address);
