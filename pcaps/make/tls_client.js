// node tls_client.js WHAT CLIENT_PEM: the WebSocket connections of one table below, one after the other.
const fs = require('node:fs');
const { constants } = require('node:crypto');
const { WebSocket } = require('ws');

const [what, client_pem] = process.argv.slice(2);
const pem = fs.readFileSync(client_pem);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const NO_EMS = 1 << 0;   // SSL_OP_NO_EXTENDED_MASTER_SECRET, which Node does not name
const NO_ETM = 1 << 19;  // SSL_OP_NO_ENCRYPT_THEN_MAC, neither
const version = (name) => ({ minVersion: name, maxVersion: name });
const suite = (name, rest = {}) => ({ ...version('TLSv1.2'), ciphers: `${name}:@SECLEVEL=0`, ...rest });
const both_macs = (one) => [one, { ...one, secureOptions: NO_ETM }];
const both_secrets = (one) => [one, { ...one, secureOptions: NO_EMS | NO_ETM }];
const old = (name) => ({ ...version(name), sigalgs: 'RSA+SHA1:ECDSA+SHA1:RSA+SHA256:ECDSA+SHA256' });

const PSK = {
  port: 4437, checkServerIdentity: () => undefined,
  pskCallback: () => ({ identity: 'juliet', psk: Buffer.from('wherefore art thou Romeo?') }),
};

// One row a connection; the truth files name them in this order.
const CONNECTIONS = {
  'tls13': ['AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'CHACHA20_POLY1305_SHA256', 'AES_128_CCM_SHA256', 'AES_128_CCM_8_SHA256']
    .map((name) => ({ ...version('TLSv1.3'), ciphers: `TLS_${name}` })),
  'tls12-aead': ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-CCM', 'ECDHE-ECDSA-AES256-CCM', 'ECDHE-ECDSA-AES128-CCM8', 'ECDHE-ECDSA-AES256-CCM8']
    .map((name) => suite(name)),
  'tls12-cbc': ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES256-SHA', 'ECDHE-ECDSA-AES128-SHA256', 'ECDHE-RSA-AES256-SHA384']
    .flatMap((name) => both_macs(suite(name))),
  'tls10-tls11-cbc': ['TLSv1', 'TLSv1.1'].flatMap((name) => ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES256-SHA']
    .flatMap((cipher) => both_macs(suite(cipher, old(name))))),
  'tls-rsa-key-exchange': [
    ...both_secrets(suite('AES128-SHA', old('TLSv1'))), ...both_secrets(suite('AES256-SHA', old('TLSv1.1'))),
    ...both_secrets(suite('AES128-GCM-SHA256')), ...both_secrets(suite('AES256-GCM-SHA384')),
    ...both_secrets(suite('AES128-SHA256')), suite('AES128-CCM8'),
  ],
  'tls12-resumption': [
    { ...version('TLSv1.2') }, { ...version('TLSv1.2'), resume: true },
    { ...version('TLSv1.2'), port: 4434 }, { ...version('TLSv1.2'), port: 4434, resume: true },
  ],
  'tls-psk': ['PSK-AES128-GCM-SHA256', 'DHE-PSK-AES256-CBC-SHA384', 'RSA-PSK-AES128-CBC-SHA256', 'ECDHE-PSK-CHACHA20-POLY1305']
    .map((name) => suite(name, PSK)).concat({ ...version('TLSv1.3'), ciphers: 'TLS_AES_128_GCM_SHA256', ...PSK, as_resumed: true }),
  'tls13-resumption': [
    { ...version('TLSv1.3') }, { ...version('TLSv1.3'), resume: true },
    { ...version('TLSv1.3'), ciphers: 'TLS_CHACHA20_POLY1305_SHA256' },
    { ...version('TLSv1.3'), ciphers: 'TLS_CHACHA20_POLY1305_SHA256', resume: true },
  ],
  'tls13-hello-retry': [
    { ...version('TLSv1.3'), port: 4435, ecdhCurve: 'X25519:P-384' },
    { ...version('TLSv1.3'), port: 4435, ecdhCurve: 'X25519:P-384', resume: true },
  ],
  'tls-client-certificate': [
    { ...version('TLSv1.2'), port: 4436, cert: pem, key: pem }, { ...version('TLSv1.3'), port: 4436, cert: pem, key: pem },
  ],
  'tls-small-records': [
    { ...version('TLSv1.2'), path: '/small-records' }, { ...version('TLSv1.3'), path: '/small-records' },
    suite('ECDHE-RSA-AES128-SHA', { ...old('TLSv1'), secureOptions: NO_ETM, path: '/small-records' }),
  ],
  'tls12-renegotiation': [{ ...version('TLSv1.2'), renegotiate: true }],
};

let session;

async function converse(socket, one) {
  const heard = [];
  socket.on('message', (message) => heard.push(message));
  socket.send('Two households, both alike in dignity,');
  socket.send('In fair Verona, where we lay our scene. '.repeat(one.path ? 100 : 6));
  await pause(60);
  if (one.renegotiate) {
    await new Promise((resolve, reject) =>
      socket._socket.renegotiate({ rejectUnauthorized: true }, (error) => error ? reject(error) : resolve()));
  }
  socket.ping('among them');
  socket.send(Buffer.from([0, 1, 2, 3, 0xff]));
  await pause(120);
  if (heard.length !== 3) throw new Error(`${heard.length} messages came back`);
}

function connect(one) {
  const { resume, as_resumed, renegotiate, path, port, ...tls } = one;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`wss://ws.example:${port ?? 4433}${path ?? '/echo'}`,
      { perMessageDeflate: false, session: resume && session, ...tls });
    socket.on('error', reject);
    socket.on('close', resolve);
    socket.on('upgrade', (response) => {
      response.socket.on('session', (latest) => { session = latest; });
      session = response.socket.getSession() ?? session;
    });
    socket.on('open', async () => {
      const inside = socket._socket;
      if (path) inside.setMaxSendFragment(512);
      console.log(inside.getProtocol(), inside.getCipher().name, inside.isSessionReused() ? 'resumed' : '');
      if (Boolean(resume || as_resumed) !== inside.isSessionReused()) reject(new Error('resumption is not as asked'));
      await converse(socket, one).catch(reject);
      socket.close(1000, 'enough');
    });
  });
}

(async () => {
  for (const one of CONNECTIONS[what]) await connect(one);
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(2); });
