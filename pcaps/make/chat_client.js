// node chat_client.js WHAT ADDRESS [ROOT]: a messenger's own library against chat_servers.js.
const fs = require('node:fs');
const { WebSocket } = require('ws');

const [what, address, root] = process.argv.slice(2);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function signal(port, TESTING_localServer_httpVersion) {
  const { Net } = await import('@signalapp/libsignal-client/dist/net.js');
  const net = new Net({ localTestServer: true, userAgent: 'verona', TESTING_localServer_chatPort: port, TESTING_localServer_cdsiPort: 1, TESTING_localServer_svr2Port: 1,
    TESTING_localServer_svrBPort: 1, TESTING_localServer_rootCertificateDer: fs.readFileSync(root), TESTING_localServer_httpVersion });
  const chat = await net.connectAuthenticatedChat('4fe8c4b5-9a6f-4f0a-9d2c-0d9c0f6a7a11.1', 'made-up', false,
    { onIncomingMessage() {}, onQueueEmpty() {}, onReceivedAlerts() {}, onConnectionInterrupted() {} });
  await chat.fetch({ verb: 'GET', path: '/v1/config', headers: [] });
  await pause(300);
  await chat.disconnect();
}

const CLIENTS = {
  slack: async () => {
    const { SocketModeClient } = require('@slack/socket-mode');
    const client = new SocketModeClient({ appToken: 'xapp-made-up', clientOptions: { slackApiUrl: `http://${address}:7020/api/` } });
    client.on('slack_event', async ({ ack, accepts_response_payload }) => ack(accepts_response_payload ? { text: 'thou art a villain' } : undefined));
    await client.start();
    await pause(800);
    await client.disconnect();
  },

  mattermost: async () => {
    globalThis.WebSocket = WebSocket; // it was written for browsers
    const { WebSocketClient } = require('@mattermost/client');
    const client = new WebSocketClient({ clientPingInterval: 400 });
    client.addMessageListener(() => {});
    client.initialize(`ws://${address}:7021/api/v4/websocket`, 'made-up');
    await pause(500);
    client.userTyping('verona', '', () => {});
    await pause(700);
    client.close();
  },

  rocketchat: async () => {
    globalThis.WebSocket = WebSocket; // it was written for browsers
    const { DDPSDK } = require('@rocket.chat/ddp-client');
    const sdk = await DDPSDK.createAndConnect(`ws://${address}:7026`);
    await sdk.account.loginWithToken('made-up');
    const stream = sdk.stream('room-messages', 'VERONA', () => {});
    await stream.ready();
    await pause(400);
    sdk.connection.close();
  },

  matrix: async () => {
    const sdk = await import('matrix-js-sdk');
    const silent = Object.fromEntries(['trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, () => {}]));
    silent.getChild = () => silent;
    const client = sdk.createClient({ baseUrl: `http://${address}:7022`, logger: silent });
    await client.loginRequest({ type: 'm.login.password', identifier: { type: 'm.id.user', user: 'romeo' }, password: 'jul1et' })
      .then(({ access_token, user_id }) => { client.http.opts.accessToken = access_token; client.credentials = { userId: user_id }; });
    await client.startClient({ initialSyncLimit: 5 });
    await new Promise((resolve) => client.once('sync', resolve));
    await client.sendTextMessage('!balcony:chat.example', 'But, soft! what light through yonder window breaks?');
    await pause(800);
    client.stopClient();
  },

  'signal': () => signal(7023, 1),
  'signal-http2': () => signal(7025, 2),

  // Meant for Signal's own servers, but there is a proxy between.
  'signal-hello': async () => {
    const { Net } = await import('@signalapp/libsignal-client/dist/net.js');
    const net = new Net({ env: 1, userAgent: 'verona' });
    net.setProxy({ scheme: 'http', host: address, port: 7024 });
    await net.connectUnauthenticatedChat({ onConnectionInterrupted() {} }).catch(() => {});
  },
};

CLIENTS[what]().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
