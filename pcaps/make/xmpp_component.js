// node xmpp_component.js SERVICE DOMAIN PASSWORD: a component that says one thing and goes.
const { component, xml } = require('@xmpp/component');

const [service, domain, password] = process.argv.slice(2);
const xmpp = component({ service, domain, password });
xmpp.on('error', (error) => console.error(error.message));
xmpp.on('online', async (jid) => {
  await xmpp.send(xml('message', { from: jid.toString(), to: 'juliet@chat.example' }, xml('body', {}, 'A component speaks.')));
  setTimeout(() => xmpp.stop().then(() => process.exit(0)), 400);
});
setTimeout(() => process.exit(1), 8000);
xmpp.start().catch(console.error);
