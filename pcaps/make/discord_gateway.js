// node discord_gateway.js ADDRESS PORT: in place of Discord a server of ours, which says what the
// gateway says first and one message, as one zlib stream to who asks for it.
const http = require('http');
const zlib = require('zlib');
const { WebSocketServer } = require('ws');

const [address, port] = process.argv.slice(2);
const USER = { id: '100000000000000001', username: 'romeo', discriminator: '0', avatar: null, bot: true };

// All that a connection is sent is one stream, flushed at the end of each message.
function compressed(socket) {
  const deflate = zlib.createDeflate();
  let queue = Promise.resolve();
  return (object) => {
    queue = queue.then(() => new Promise((resolve) => {
      const parts = [];
      const take = (part) => parts.push(part);
      deflate.on('data', take);
      deflate.write(JSON.stringify(object));
      deflate.flush(zlib.constants.Z_SYNC_FLUSH, () => {
        deflate.off('data', take);
        socket.send(Buffer.concat(parts));
        resolve();
      });
    }));
  };
}

function serveGateway(socket, request) {
  const plain = (object) => socket.send(JSON.stringify(object));
  const send = request.url.includes('compress=zlib-stream') ? compressed(socket) : plain;
  send({ t: null, s: null, op: 10, d: { heartbeat_interval: 500, _trace: ['["gateway-example"]'] } });
  socket.on('message', (data) => {
    const { op } = JSON.parse(data);
    if (op === 1) return send({ t: null, s: null, op: 11, d: null });
    if (op !== 2) return undefined;
    send({
      t: 'READY', s: 1, op: 0,
      d: {
        v: 10, user: USER, guilds: [], session_id: 'verona', session_type: 'normal',
        resume_gateway_url: `ws://${address}:${port}`, shard: [0, 1], application: { id: USER.id, flags: 0 },
      },
    });
    return send({
      t: 'MESSAGE_CREATE', s: 2, op: 0,
      d: {
        id: '100000000000000002', channel_id: '100000000000000003', content: 'But soft, what light?', type: 0,
        author: { ...USER, id: '100000000000000004', username: 'juliet' }, timestamp: '2026-01-01T00:00:00Z',
        edited_timestamp: null, tts: false, mention_everyone: false, mentions: [], mention_roles: [],
        attachments: [], embeds: [], pinned: false,
      },
    });
  });
}

const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  const application = { ...USER, name: 'verona', icon: null, description: '', owner: USER, flags: 0,
    summary: '', verify_key: '', bot_public: false, bot_require_code_grant: false };
  response.end(JSON.stringify({
    ...(request.url.includes('/gateway') ? {} : application),
    url: `ws://${address}:${port}`, shards: 1,
    session_start_limit: { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 },
  }));
});
new WebSocketServer({ server }).on('connection', serveGateway);

server.listen(port, address);
