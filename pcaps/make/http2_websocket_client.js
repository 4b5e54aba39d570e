// node http2_websocket_client.js ORIGIN PATH: over one HTTP/2 connection a page and two WebSockets (RFC 8441) at once.
const http2 = require('node:http2');
const { once } = require('node:events');
const { WebSocket } = require('ws');

const [origin, path] = process.argv.slice(2);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function page(session) {
  const request = session.request({ ':path': '/echo.html' });
  request.resume();
  await once(request, 'end');
}

// ws knows no HTTP/2, but takes any duplex stream as its socket.
async function open(session) {
  const stream = session.request({
    ':method': 'CONNECT', ':protocol': 'websocket', ':path': path, 'sec-websocket-version': '13', origin,
  }, { endStream: false });
  const [headers] = await once(stream, 'response');
  if (headers[':status'] !== 200) throw new Error(`status ${headers[':status']}`);
  stream.setNoDelay = stream.setKeepAlive = () => {};
  const socket = new WebSocket(null, undefined, {});
  socket._isServer = false;
  socket.setSocket(stream, Buffer.alloc(0), { maxPayload: 1 << 20, skipUTF8Validation: false, allowSynchronousEvents: true });
  return socket;
}

async function talk(socket, name) {
  for (let n = 0; n < 4; ++n) {
    socket.send(JSON.stringify({ name, n, text: 'Parting is such sweet sorrow. '.repeat(n + 1) }));
    await once(socket, 'message');
    await pause(30);
  }
  socket.ping(name);
  socket.send(Buffer.alloc(200, name));
  await once(socket, 'message');
  socket.close(1000, 'enough');
  await once(socket, 'close');
}

(async () => {
  const session = http2.connect(origin);
  await once(session, 'remoteSettings');
  if (!session.remoteSettings.enableConnectProtocol) throw new Error('no extended CONNECT');
  await page(session);
  const sockets = [await open(session), await open(session)];
  await Promise.all([talk(sockets[0], 'Romeo'), talk(sockets[1], 'Juliet')]);
  session.close();
  await once(session, 'close');
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(2); });
