// node http2_websocket.js server|client ADDRESS PORT: WebSocket over HTTP/2 in the clear (RFC 8441), beside a
// request of its own in the same connection, by Node's http2 and ws.
const http2 = require('node:http2');
const { WebSocket } = require('ws');

const [role, address, port] = process.argv.slice(2);

// ws knows nothing of HTTP/2, but takes any duplex stream as its socket.
function websocket(stream, isServer) {
  stream.setNoDelay = stream.setKeepAlive = () => {};
  const socket = new WebSocket(null, undefined, {});
  socket._isServer = isServer;
  socket.setSocket(stream, Buffer.alloc(0), { maxPayload: 1 << 20, skipUTF8Validation: false, allowSynchronousEvents: true });
  return socket;
}

function serve() {
  http2.createServer({ settings: { enableConnectProtocol: true } }).on('stream', (stream, headers) => {
    if (headers[':protocol'] !== 'websocket') {
      stream.respond({ ':status': 200, 'content-type': 'application/json', server: 'balcony' });
      stream.end('{"who":"romeo"}');
      return;
    }
    stream.respond({ ':status': 200, 'sec-websocket-protocol': 'chat.v1' });
    const socket = websocket(stream, true);
    socket.on('message', (message, binary) => socket.send(message, { binary }));
  }).listen(port, address);
}

async function talk() {
  const session = http2.connect(`http://${address}:${port}`);
  await new Promise((resolve) => session.once('remoteSettings', resolve));
  const request = session.request({ ':path': '/who?token=secret', 'user-agent': 'juliet' });
  await new Promise((resolve) => request.on('data', () => {}).on('end', resolve));
  const stream = session.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat',
    'sec-websocket-version': '13', 'sec-websocket-protocol': 'chat.v1', origin: 'http://www.example' });
  await new Promise((resolve) => stream.once('response', resolve));
  const socket = websocket(stream, false);
  for (const line of ['O Romeo, Romeo!', 'wherefore art thou Romeo?', 'Deny thy father']) {
    socket.send(line);
    await new Promise((resolve) => socket.once('message', resolve));
  }
  socket.close(1000, 'good night');
  await new Promise((resolve) => socket.once('close', resolve));
  session.close();
}

if (role === 'server') serve(); else talk();
