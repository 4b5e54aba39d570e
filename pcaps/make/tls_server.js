// node tls_server.js ADDRESS TICKET_PORT SESSION_PORT P384_PORT CERTIFICATE_PORT PSK_PORT EC_PEM RSA_PEM CA: WebSockets
// that echo, over TLS of every version and suite that OpenSSL still has. The client chooses.
const fs = require('node:fs');
const https = require('node:https');
const { constants } = require('node:crypto');
const { WebSocketServer } = require('ws');

const [address, ticket_port, session_port, p384_port, certificate_port, psk_port, ec, rsa, ca] = process.argv.slice(2);
const pems = [fs.readFileSync(ec), fs.readFileSync(rsa)];
const base = {
  key: pems, cert: pems, minVersion: 'TLSv1',
  ciphers: 'ALL:COMPLEMENTOFALL:@SECLEVEL=0:TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:' +
    'TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256',
};

const websockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
websockets.on('connection', (socket, request) => {
  if (request.url === '/small-records') request.socket.setMaxSendFragment(512);
  socket.on('message', (message, binary) => socket.send(message, { binary }));
});

function listen(port, options) {
  const server = https.createServer({ ...base, ...options });
  server.on('upgrade', (request, socket, head) =>
    websockets.handleUpgrade(request, socket, head, (opened) => websockets.emit('connection', opened, request)));
  server.listen(port, address);
  return server;
}

listen(ticket_port, {});
listen(p384_port, { ecdhCurve: 'P-384' });
listen(certificate_port, { requestCert: true, rejectUnauthorized: true, ca: fs.readFileSync(ca) });

listen(psk_port, { pskCallback: () => Buffer.from('wherefore art thou Romeo?'), pskIdentityHint: 'Verona', dhparam: 'auto' });

// Sessions kept at the server, found by their identifier: no tickets.
const sessions = new Map();
listen(session_port, { secureOptions: constants.SSL_OP_NO_TICKET })
  .on('newSession', (id, data, done) => { sessions.set(id.toString('hex'), data); done(); })
  .on('resumeSession', (id, done) => done(null, sessions.get(id.toString('hex')) ?? null));
