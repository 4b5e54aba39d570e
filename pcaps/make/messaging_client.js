// node messaging_client.js WHAT ADDRESS PORT: STOMP, AMQP, NATS and IRC by their client libraries.
const [what, address, port] = process.argv.slice(2);
const event = (emitter, name) => new Promise((resolve) => emitter.on(name, resolve));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const CLIENTS = {
  stomp: async () => {
    const stompit = require('stompit');
    const client = await new Promise((resolve, reject) => stompit.connect(
      { host: address, port: +port, connectHeaders: { host: '/', login: 'guest', passcode: 'guest', 'heart-beat': '0,0' } },
      (error, connected) => (error ? reject(error) : resolve(connected))));
    const heard = new Promise((resolve) => client.subscribe({ destination: '/topic/verona', ack: 'auto' }, (_, message) => message.readString('utf-8', (__, text) => resolve(text))));
    await pause(100);
    const frame = client.send({ destination: '/topic/verona', 'content-type': 'text/plain' });
    frame.end('Adieu! parting is such sweet sorrow');
    console.log(await heard);
    await new Promise((resolve) => client.disconnect(resolve));
  },

  amqp: async () => {
    const connection = await require('amqplib').connect(`amqp://guest:guest@${address}:${port}`);
    const channel = await connection.createChannel();
    await channel.assertQueue('verona', { exclusive: true });
    const heard = new Promise((resolve) => channel.consume('verona', resolve, { noAck: true }));
    channel.sendToQueue('verona', Buffer.from('Three words, dear Romeo, and good night indeed.'));
    console.log((await heard).content.toString());
    await connection.close();
  },

  nats: async () => {
    const connection = await require('nats').connect({ servers: `${address}:${port}` });
    const heard = connection.subscribe('verona', { max: 1 });
    connection.publish('verona', 'I dreamt a dream tonight.');
    for await (const message of heard) console.log(message.string());
    await connection.drain();
  },

  irc: async () => {
    const { Client } = require('irc-framework');
    const client = new Client();
    client.connect({ host: address, port: +port, nick: 'mercutio', username: 'mercutio', gecos: 'Mercutio' });
    await event(client, 'registered');
    client.join('#verona');
    await event(client, 'join');
    client.say('#verona', 'Ask for me tomorrow, and you shall find me a grave man.');
    client.raw('PING', 'verona');
    await pause(500);
    client.quit('a plague o both your houses');
    await event(client, 'close');
  },
};

setTimeout(() => process.exit(1), 10000);
CLIENTS[what]().then(() => setTimeout(() => process.exit(0), 200), (error) => { console.error(error); process.exit(2); });
