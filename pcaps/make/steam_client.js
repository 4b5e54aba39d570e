// node steam_client.js ADDRESS PORT: steam-user's connection to a server of ours, which asks for encryption, grants
// it whatever the key (Valve's alone could read it), and hears what comes then.
const net = require('net');
const SteamID = require('steamid');
const TCPConnection = require('steam-user/components/connection_protocols/tcp.js');

const [address, port] = process.argv.slice(2);
const CHANNEL_ENCRYPT_REQUEST = 1303, CHANNEL_ENCRYPT_RESPONSE = 1304, CHANNEL_ENCRYPT_RESULT = 1305;

function framed(kind, body) {
  const head = Buffer.alloc(8 + 20, 0xff);  // no job: ids are all ones
  head.writeUInt32LE(20 + body.length, 0);
  head.write('VT01', 4);
  head.writeUInt32LE(kind, 8);
  return Buffer.concat([head, body]);
}

const server = net.createServer((socket) => {
  const request = Buffer.alloc(8 + 16);
  request.writeUInt32LE(1, 0);  // version of the protocol
  request.writeUInt32LE(1, 4);  // universe: public
  for (let i = 8; i < 24; ++i) request[i] = (i * 37) & 0xff;
  socket.write(framed(CHANNEL_ENCRYPT_REQUEST, request));
  let frames = 0;
  socket.on('data', (data) => {
    if (++frames === 1) {
      if (data.readUInt32LE(8) !== CHANNEL_ENCRYPT_RESPONSE) throw new Error('no answer to the request');
      socket.write(framed(CHANNEL_ENCRYPT_RESULT, Buffer.from([1, 0, 0, 0])));
    }
  });
  socket.on('error', () => {});
});

server.listen(port, address, () => {
  const SteamUser = require('steam-user');
  const user = new SteamUser({ protocol: SteamUser.EConnectionProtocol.TCP, dataDirectory: null, autoRelogin: false });
  user.on('error', () => {});
  user._tempSteamID = new SteamID();  // as while logging on
  user._logOnDetails = { protocol_version: 65580 };
  user._doConnection = () => {};  // no second try elsewhere
  user.connection = user._connection = new TCPConnection(user, { endpoint: `${address}:${port}` });
  setTimeout(() => process.exit(0), 1500);
});
