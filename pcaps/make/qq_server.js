// node qq_server.js ADDRESS PORT: takes packets of QQ's phones and answers each in its own way of sealing,
// with the payload's head that a server sends. It has no session key, so what is sealed with one is not answered.
const net = require('node:net');
const tea = require('oicq/lib/core/tea');

const [address, port] = process.argv.slice(2);
const kZeroKey = Buffer.alloc(16);

const u32 = (value) => { const octets = Buffer.alloc(4); octets.writeUInt32BE(value); return octets; };
const counted = (content) => Buffer.concat([u32(content.length + 4), Buffer.from(content)]);
// A part whose length counts its own four octets: its end.
const end_of = (octets, at) => at + octets.readUInt32BE(at);

function answer(packet) {
  const sealing = packet[8];
  const account_at = end_of(packet, 9) + 1;
  const account_end = end_of(packet, account_at);
  const payload = packet.subarray(account_end);
  const clear = sealing === 2 ? tea.decrypt(payload, kZeroKey) : payload;
  const ticket_end = end_of(clear, 28);
  const sequence = clear.subarray(4, 8), command = clear.subarray(ticket_end + 4, end_of(clear, ticket_end));
  const head = Buffer.concat([sequence, u32(0), counted(''), counted(command), counted('1234'), u32(0)]);
  const reply = Buffer.concat([counted(head), counted('')]);
  return counted(Buffer.concat([u32(0x0a), Buffer.from([sealing, 0]), packet.subarray(account_at, account_end),
    sealing === 2 ? tea.encrypt(reply, kZeroKey) : reply]));
}

net.createServer((socket) => {
  let came = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (octets) => {
    came = Buffer.concat([came, octets]);
    while (came.length >= 4 && came.length >= came.readUInt32BE(0)) {
      const packet = came.subarray(0, came.readUInt32BE(0));
      if (packet[8] !== 1) socket.write(answer(packet));
      came = came.subarray(packet.length);
    }
  });
}).listen(+port, address);
