// node kakaotalk_server.js ADDRESS BOOKING_PORT LOCO_PORT PEM KEY: a booking server inside TLS, and a server
// of check-in and chat under LOCO's own sealing, whose RSA key is ours.
const crypto = require('node:crypto');
const fs = require('node:fs');
const net = require('node:net');
const tls = require('node:tls');
const BSON = require('bson');

const [address, booking_port, loco_port, pem, key] = process.argv.slice(2);
const certificate = fs.readFileSync(pem);
const private_key = fs.readFileSync(key);

const kHeader = 22;

function answer_to(method) {
  switch (method) {
    case 'GETCONF': return { status: 0, wifi: { ports: [+loco_port] }, ticket: { lsl: [address] } };
    case 'CHECKIN': return { status: 0, host: address, port: +loco_port };
    case 'LOGINLIST': return { status: 0, chatDatas: [], delChatIds: [], revision: 1, eof: true, userId: 1 };
    default: return { status: 0 };
  }
}

// Takes whole packets off the front of what came; returns what is left.
function answer_all(came, send) {
  while (came.length >= kHeader && came.length >= kHeader + came.readUInt32LE(18)) {
    const length = came.readUInt32LE(18);
    const method = came.subarray(6, 17).toString('latin1').replace(/\0/g, '');
    const body = Buffer.from(BSON.serialize(answer_to(method)));
    const header = Buffer.alloc(kHeader);
    came.copy(header, 0, 0, 17);
    header.writeUInt32LE(body.length, 18);
    send(Buffer.concat([header, body]));
    came = came.subarray(kHeader + length);
  }
  return came;
}

tls.createServer({ key: certificate, cert: certificate }, (socket) => {
  let came = Buffer.alloc(0);
  socket.on('data', (octets) => { came = answer_all(Buffer.concat([came, octets]), (packet) => socket.write(packet)); });
  socket.on('error', () => {});
}).listen(+booking_port, address);

net.createServer((socket) => {
  let came = Buffer.alloc(0), opened = Buffer.alloc(0), secret = null;
  socket.on('error', () => {});
  socket.on('data', (octets) => {
    came = Buffer.concat([came, octets]);
    if (!secret && came.length >= 268) {
      secret = crypto.privateDecrypt({ key: private_key, oaepHash: 'sha1' }, came.subarray(12, 268));
      came = came.subarray(268);
    }
    while (secret && came.length >= 4 && came.length >= 4 + came.readUInt32LE(0)) {
      const end = 4 + came.readUInt32LE(0);
      const decipher = crypto.createDecipheriv('aes-128-cfb', secret, came.subarray(4, 20));
      opened = Buffer.concat([opened, decipher.update(came.subarray(20, end))]);
      came = came.subarray(end);
    }
    opened = answer_all(opened, (packet) => {
      const iv = crypto.randomBytes(16);
      const sealed = crypto.createCipheriv('aes-128-cfb', secret, iv).update(packet);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(16 + sealed.length);
      socket.write(Buffer.concat([length, iv, sealed]));
    });
  });
}).listen(+loco_port, address);
