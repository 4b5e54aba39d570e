// node fcm_server.js ADDRESS PORT PEM: speaks MCS as far as a client needs to stay: answers its login, asks for a
// heartbeat, closes. The messages are push-receiver's own.
const fs = require('node:fs');
const tls = require('node:tls');
const { mcs_proto: mcs } = require('@eneris/push-receiver/dist/protos');

const [address, port, pem] = process.argv.slice(2);
const VERSION = 41, PING = 0, LOGIN_RESPONSE = 3, CLOSE = 4;
const text = fs.readFileSync(pem);

const message = (tag, type, fields) => Buffer.concat([Buffer.from([tag]), type.encodeDelimited(fields).finish()]);

tls.createServer({ key: text, cert: text }, (socket) => {
  let greeted = false;
  socket.on('data', () => {
    if (greeted) return setTimeout(() => socket.end(message(CLOSE, mcs.Close, {})), 200);
    greeted = true;
    const response = { id: 'chrome-94.0.4606.51', jid: 'romeo@mcs.example', serverTimestamp: 1600000000000, streamId: 1 };
    socket.write(Buffer.concat([Buffer.from([VERSION]), message(LOGIN_RESPONSE, mcs.LoginResponse, response)]));
    setTimeout(() => socket.write(message(PING, mcs.HeartbeatPing, { streamId: 2, lastStreamIdReceived: 1 })), 200);
  });
  socket.on('error', () => {});
}).listen(port, address);
