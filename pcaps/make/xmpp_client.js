// node xmpp_client.js SERVICE DOMAIN USER PASSWORD [PEER]: log in, some messages, a question, log out.
globalThis.WebSocket = require('ws');
const { client, xml } = require('@xmpp/client');

const [service, domain, username, password, peer] = process.argv.slice(2);
const xmpp = client({ service, domain, username, password, resource: 'balcony' });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const LINES = ['Wilt thou be gone? It is not yet near day.', 'It was the nightingale, and not the lark,', 'That pierced the fearful hollow of thine ear. '.repeat(20)];

xmpp.on('error', (error) => console.error(error.message));
xmpp.on('online', async (jid) => {
  await xmpp.send(xml('presence'));
  for (const line of LINES) {
    await xmpp.send(xml('message', { type: 'chat', to: peer ?? jid.bare().toString() }, xml('body', {}, line)));
    await pause(50);
  }
  await xmpp.iqCaller.request(xml('iq', { type: 'get', to: domain }, xml('query', 'http://jabber.org/protocol/disco#info')), 3000);
  await pause(400);
  await xmpp.stop();
  process.exit(0);
});
setTimeout(() => process.exit(1), 12000);
xmpp.start().catch((error) => { console.error(error.message); process.exit(2); });
