// node inside_servers.js ADDRESS: what runs inside WebSocket, one protocol a port. Real servers where npm has one;
// the others (marked "stub") answer what the protocol's description says, just enough for the real client.
const http = require('node:http');
const { WebSocketServer } = require('ws');

const address = process.argv[2];
const stub = (port, options, connected) => new WebSocketServer({ host: address, port, ...options }).on('connection', connected);

// 7001, Socket.IO 4
const io = new (require('socket.io').Server)();
for (const space of [io, io.of('/admin')]) {
  space.on('connection', (socket) => {
    socket.on('chat', (text, acknowledge) => {
      socket.emit('chat', `heard: ${text}`);
      acknowledge?.('read');
    });
    socket.on('picture', (octets) => socket.emit('picture', octets));
  });
}
http.createServer().listen(7001, address, function () { io.attach(this); });

// 7002, SignalR: stub
const hub = http.createServer((request, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify({
  negotiateVersion: 1,
  connectionId: 'balcony',
  connectionToken: 'madeUpToken',
  availableTransports: [{ transport: 'WebSockets', transferFormats: ['Text', 'Binary'] }],
})));
new WebSocketServer({ server: hub }).on('connection', (socket) => socket.on('message', (message) => {
  const say = (record) => socket.send(JSON.stringify(record) + '\x1e');
  for (const record of message.toString().split('\x1e').filter(Boolean).map(JSON.parse)) {
    if (record.protocol) say({});
    if (record.type !== 1) continue;
    say({ type: 1, target: 'receive', arguments: ['nurse', 'Madam!'] });
    say({ type: 3, invocationId: record.invocationId, result: 'sent' });
    say({ type: 6 });
  }
}));
hub.listen(7002, address);

// 7003, GraphQL over WebSocket, by the library graphql-ws (whose subprotocol is graphql-transport-ws)
const { buildSchema } = require('graphql');
require('graphql-ws/use/ws').useServer({
  schema: buildSchema('type Query { line: String } type Subscription { lines: String }'),
  roots: {
    query: { line: () => 'My only love sprung from my only hate!' },
    subscription: { lines: async function* () { for (const lines of ['Too early seen unknown,', 'and known too late!']) yield { lines }; } },
  },
}, new WebSocketServer({ host: address, port: 7003 }));

// 7004, WAMP 2: the router of fox-wamp
const Router = require('fox-wamp');
const router = new Router();
router.getRealm('verona', (realm) => realm.api().register('verona.greet', (args) => Promise.resolve({ args })));
router.listenWAMP({ host: address, port: 7004 });

// 7005, JSON-RPC 2.0
const rpc = new (require('rpc-websockets').Server)({ host: address, port: 7005 });
rpc.register('add', ([a, b]) => a + b);
rpc.event('feast');
setInterval(() => rpc.emit('feast', 'tonight'), 200).unref();

// 7006, ActionCable: stub
stub(7006, { handleProtocols: () => 'actioncable-v1-json' }, (socket) => {
  const say = (record) => socket.send(JSON.stringify(record));
  say({ type: 'welcome' });
  say({ type: 'ping', message: Math.floor(Date.now() / 1000) });
  socket.on('message', (text) => {
    const { command, identifier, data } = JSON.parse(text);
    if (command === 'subscribe') say({ identifier, type: 'confirm_subscription' });
    if (command === 'message') say({ identifier, message: { body: JSON.parse(data).body } });
  });
});

// 7007, Phoenix channels: stub
stub(7007, {}, (socket) => socket.on('message', (text) => {
  const [join, ref, topic, event, payload] = JSON.parse(text);
  socket.send(JSON.stringify([join, ref, topic, 'phx_reply', { status: 'ok', response: {} }]));
  if (event === 'shout') socket.send(JSON.stringify([null, null, topic, 'shout', payload]));
}));

// 7008, SockJS
const sockjs = require('sockjs').createServer({ log: () => {} });
sockjs.on('connection', (connection) => connection.on('data', (text) => connection.write(`heard: ${text}`)));
const sockjs_server = http.createServer();
sockjs.installHandlers(sockjs_server, { prefix: '/street' });
sockjs_server.listen(7008, address);

// 7009, SIP over WebSocket (RFC 7118): stub of a registrar
stub(7009, { handleProtocols: () => 'sip' }, (socket) => socket.on('message', (message) => {
  const lines = message.toString().split('\r\n');
  const copied = lines.filter((line) => /^(Via|From|To|Call-ID|CSeq|Contact):/i.test(line))
    .map((line) => (/^To:/i.test(line) ? `${line};tag=registrar` : line));
  if (!lines[0].startsWith('ACK')) socket.send(['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n'));
}));
