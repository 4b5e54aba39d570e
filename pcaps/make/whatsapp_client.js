// node whatsapp_client.js URL [ROUTING_HEX]: Baileys, a device not yet linked, until it shows a QR code.
// ROUTING_HEX is the edge routing information that a server would have given it earlier.
const { default: makeWASocket, initAuthCreds } = require('baileys');
const pino = require('pino');

const [url, routing] = process.argv.slice(2);
const creds = initAuthCreds();
if (routing) creds.routingInfo = Buffer.from(routing, 'hex');

const socket = makeWASocket({
  waWebSocketUrl: url,
  auth: { creds, keys: { get: async () => ({}), set: async () => {} } },
  logger: pino({ level: 'warn' }),
  version: [2, 3000, 1015901307],
  browser: ['Ubuntu', 'Chrome', '22.04.4'],
});
socket.ev.on('connection.update', ({ connection, qr }) => {
  console.log(connection ?? '', qr ? 'shows a QR code' : '');
  if (qr) setTimeout(() => socket.ws.close().then(() => setTimeout(() => process.exit(0), 300)), 500);
});
setTimeout(() => process.exit(1), 10000);
