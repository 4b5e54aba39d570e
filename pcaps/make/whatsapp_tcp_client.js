// node whatsapp_tcp_client.js HOST PORT [ROUTING_HEX]: what a phone does, with Baileys' own Noise code: the same
// frames straight on TCP. Only the TCP socket is ours.
const net = require('node:net');
const { makeNoiseHandler, initAuthCreds, Curve, proto } = require('baileys');
const { generateRegistrationNode } = require('baileys/lib/Utils');
const { DEFAULT_CONNECTION_CONFIG, NOISE_WA_HEADER } = require('baileys/lib/Defaults');
const pino = require('pino');

const [host, port, routing] = process.argv.slice(2);
const keyPair = Curve.generateKeyPair();
const creds = initAuthCreds();
const noise = makeNoiseHandler({
  keyPair,
  NOISE_HEADER: NOISE_WA_HEADER,
  logger: pino({ level: 'warn' }),
  routingInfo: routing && Buffer.from(routing, 'hex'),
});

const socket = net.connect(port, host);
const send = (message) => socket.write(noise.encodeFrame(proto.HandshakeMessage.encode(message).finish()));
let frames = 0;

async function receive(frame) {
  if (frames++ > 0) {
    socket.write(noise.encodeFrame(Buffer.from([0, 0xf8, 0x02, 0x1e, 0x08]))); // any node will do
    setTimeout(() => socket.end(), 300);
    return;
  }
  const key = await noise.processHandshake(proto.HandshakeMessage.decode(frame), creds.noiseKey);
  const payload = generateRegistrationNode(creds, DEFAULT_CONNECTION_CONFIG);
  send({ clientFinish: { static: key, payload: noise.encrypt(proto.ClientPayload.encode(payload).finish()) } });
  await noise.finishInit();
}

socket.setNoDelay(true);
socket.on('connect', () => send({ clientHello: { ephemeral: keyPair.public } }));
socket.on('data', (octets) => noise.decodeFrame(octets, receive));
socket.on('close', () => process.exit(0));
