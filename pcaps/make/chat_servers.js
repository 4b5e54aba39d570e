// node chat_servers.js ADDRESS PEM FOLDER: stubs of messengers' servers, one a port, that answer what the services'
// descriptions say, just enough for the real client. The TLS keys of Signal's go into files in FOLDER.
const fs = require('node:fs');
const http = require('node:http');
const http2 = require('node:http2');
const https = require('node:https');
const { WebSocket, WebSocketServer } = require('ws');

const [address, pem, keys] = process.argv.slice(2);
const json = (response, value, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

// 7020, Slack: apps.connections.open gives the socket's address; its envelopes want to be acknowledged.
const slack = http.createServer((request, response) =>
  json(response, { ok: true, url: `ws://${address}:7020/link/?ticket=made-up&app_id=A0VERONA` }));
new WebSocketServer({ server: slack }).on('connection', (socket) => {
  const say = (value) => socket.send(JSON.stringify(value));
  say({ type: 'hello', num_connections: 1, debug_info: { host: 'applink-verona', build_number: 1, approximate_connection_time: 18060 }, connection_info: { app_id: 'A0VERONA' } });
  say({ envelope_id: '1d3c79ab-0ffb-41f3-a080-d19e85f53649', type: 'events_api', accepts_response_payload: false, retry_attempt: 0, retry_reason: '',
    payload: { type: 'event_callback', event: { type: 'message', channel: 'C0STREET', user: 'U0TYBALT', text: 'Romeo, the love I bear thee', ts: '1700000000.000100' } } });
  socket.on('message', (message) => {
    if (JSON.parse(message).envelope_id.startsWith('1d3c')) {
      say({ envelope_id: '5c3a1d7e-90d1-4c3c-9a46-6f1a4f7a2b11', type: 'slash_commands', accepts_response_payload: true, payload: { command: '/duel', user_name: 'tybalt' } });
    }
  });
});
slack.listen(7020, address);

// 7021, Mattermost's socket: the client authenticates, events are numbered.
new WebSocketServer({ host: address, port: 7021, path: '/api/v4/websocket' }).on('connection', (socket) => {
  let seq = 0;
  const broadcast = { omit_users: null, user_id: '', channel_id: '', team_id: '', connection_id: '', omit_connection_id: '' };
  const event = (name, data, to = {}) => socket.send(JSON.stringify({ event: name, data, broadcast: { ...broadcast, ...to }, seq: seq++ }));
  socket.on('message', (message) => {
    const { action, seq: number } = JSON.parse(message);
    socket.send(JSON.stringify({ status: 'OK', ...(action === 'ping' ? { data: { text: 'pong' } } : {}), seq_reply: number }));
    if (action === 'authentication_challenge') event('hello', { connection_id: 'balcony', server_version: '11.9.0' }, { user_id: 'juliet' });
    if (action === 'user_typing') event('posted', { channel_name: 'verona', post: '{"message":"Ay me!"}' }, { channel_id: 'verona' });
  });
});

// 7022, a Matrix homeserver: enough for a login, a first sync and a message.
const room = '!balcony:chat.example', romeo = '@romeo:chat.example';
const member = { type: 'm.room.member', state_key: romeo, sender: romeo, event_id: '$member', origin_server_ts: 1700000000000, content: { membership: 'join' } };
const create = { type: 'm.room.create', state_key: '', sender: romeo, event_id: '$create', origin_server_ts: 1700000000000, content: { creator: romeo, room_version: '11' } };
let sent;
const MATRIX = [
  [/versions$/, () => ({ versions: ['v1.1', 'v1.11'], unstable_features: {} })],
  [/login$/, () => ({ user_id: romeo, access_token: 'made-up', device_id: 'ORCHARD' })],
  [/pushrules/, () => ({ global: { override: [{ rule_id: '.m.rule.master', default: true, enabled: false, conditions: [], actions: [] }] } })],
  [/filter/, () => ({ filter_id: '1' })],
  [/send\/m\.room\.message/, (body) => { sent = body; return { event_id: '$light' }; }],
  [/capabilities$/, () => ({ capabilities: { 'm.room_versions': { default: '11', available: { 11: 'stable' } } } })],
  [/sync/, () => {
    const timeline = sent ? [{ type: 'm.room.message', sender: romeo, event_id: '$light', origin_server_ts: 1700000000001, content: sent }] : [create, member];
    return { next_batch: sent ? 's2' : 's1', rooms: { join: { [room]: { timeline: { events: timeline, limited: false, prev_batch: 'p1' }, state: { events: [] } } } } };
  }],
];
http.createServer((request, response) => {
  let text = '';
  request.on('data', (part) => { text += part; }).on('end', () => {
    const found = MATRIX.find(([path]) => path.test(request.url.split('?')[0]));
    if (!found) return json(response, { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' }, 404);
    const answer = () => json(response, found[1](text ? JSON.parse(text) : {}));
    if (request.url.includes('sync') && request.url.includes('since=s2')) return setTimeout(answer, 10000); // long polling
    answer();
  });
}).listen(7022, address);

// 7026, Rocket.Chat: DDP with a login and one stream.
new WebSocketServer({ host: address, port: 7026, path: '/websocket' }).on('connection', (socket) => {
  const say = (value) => socket.send(JSON.stringify(value));
  say({ server_id: '0' });
  socket.on('message', (message) => {
    const { msg, id, name, params } = JSON.parse(message);
    if (msg === 'connect') say({ msg: 'connected', session: 'orchard' });
    if (msg === 'ping') say({ msg: 'pong' });
    if (msg === 'method') say({ msg: 'result', id, result: { id: 'juliet', token: 'made-up', tokenExpires: { $date: 1700000000000 } } });
    if (msg !== 'sub') return;
    say({ msg: 'ready', subs: [id] });
    say({ msg: 'changed', collection: name, id: 'id', fields: { eventName: params[0], args: [{ rid: params[0], msg: 'What is in a name?' }] } });
  });
});

// 7023, Signal's chat server inside TLS: protocol buffers, written out as their one or two fields need.
const field = (number, value) => typeof value === 'number'
  ? Buffer.concat([varint(number << 3), varint(value)])
  : Buffer.concat([varint(number << 3 | 2), varint(Buffer.byteLength(value)), Buffer.from(value)]);
function varint(value) {
  const octets = [];
  for (; value > 127; value = Math.floor(value / 128)) octets.push(value % 128 | 128);
  return Buffer.from([...octets, value]);
}
function* fields(octets) {
  for (let at = 0; at < octets.length;) {
    const number = () => { let value = 0, shift = 1, octet; do { octet = octets[at++]; value += (octet & 127) * shift; shift *= 128; } while (octet > 127); return value; };
    const tag = number();
    const value = number();
    yield [tag >> 3, (tag & 7) === 2 ? octets.subarray(at, at += value) : value];
  }
}
function signal(socket) {
  const respond = (id) => socket.send(Buffer.concat([field(1, 2), field(3, Buffer.concat([field(1, id), field(2, 200), field(3, 'OK')]))]));
  socket.on('message', (message) => {
    const { 1: type, 2: request } = Object.fromEntries(fields(message));
    if (type === 1) respond(Object.fromEntries(fields(request))[4]);
  });
  const push = Buffer.concat([field(1, 'PUT'), field(2, '/api/v1/queue/empty'), field(4, 7)]);
  socket.send(Buffer.concat([field(1, 1), field(2, push)]));
}
const certificate = { key: fs.readFileSync(pem), cert: fs.readFileSync(pem) };
const first = https.createServer(certificate);
new WebSocketServer({ server: first }).on('connection', signal);

// 7025, the same over HTTP/2 (RFC 8441). ws knows no such thing, but takes any duplex stream as its socket.
const second = http2.createSecureServer({ ...certificate, settings: { enableConnectProtocol: true } }).on('stream', (stream, headers) => {
  if (headers[':protocol'] !== 'websocket') return stream.close();
  stream.respond({ ':status': 200 });
  stream.setNoDelay = stream.setKeepAlive = () => {};
  const socket = new WebSocket(null, undefined, {});
  socket._isServer = true;
  socket.setSocket(stream, Buffer.alloc(0), { maxPayload: 1 << 20, skipUTF8Validation: false, allowSynchronousEvents: true });
  signal(socket);
}).on('connect', () => {});
for (const [server, port, name] of [[first, 7023, 'signal-chat'], [second, 7025, 'signal-chat-http2']]) {
  server.on('keylog', (line) => fs.appendFileSync(`${keys}/${name}.keys`, line)).listen(port, address);
}

// 7024, a proxy that grants every CONNECT, hears the client's first record and hangs up.
http.createServer().on('connect', (request, socket) => {
  socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
  socket.once('data', () => socket.end());
}).listen(7024, address);
