// node inside_client.js WHAT ADDRESS [URL]: a real client against inside_servers.js or a broker.
const { WebSocket } = require('ws');
globalThis.WebSocket = WebSocket; // libraries written for browsers look for it there

const [what, address, url] = process.argv.slice(2);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const event = (emitter, name) => new Promise((resolve) => emitter.on(name, resolve));

async function socketio(options) {
  const { io } = require('socket.io-client');
  const socket = io(`http://${address}:7001`, options);
  await event(socket, 'connect');
  console.log(await socket.emitWithAck('chat', 'A plague o both your houses!'));
  socket.emit('picture', Buffer.from([0x89, 0x50, 0x4e, 0x47]));
  const admin = io(`http://${address}:7001/admin`, options);
  await event(admin, 'connect');
  await admin.emitWithAck('chat', 'from another namespace');
  await pause(300);
  socket.io._close();
}

const CLIENTS = {
  'socketio': () => socketio({ transports: ['websocket'] }),
  'socketio-polling': () => socketio({}),

  signalr: async () => {
    const { HubConnectionBuilder } = require('@microsoft/signalr');
    const hub = new HubConnectionBuilder().withUrl(`http://${address}:7002/chathub`).build();
    hub.on('receive', (who, text) => console.log(who, text));
    await hub.start();
    console.log(await hub.invoke('Send', 'juliet', 'Good pilgrim, you do wrong your hand too much'));
    await pause(300);
    await hub.stop();
  },

  graphql: async () => {
    const { createClient } = require('graphql-ws');
    const client = createClient({ url: `ws://${address}:7003/graphql`, webSocketImpl: WebSocket, lazy: false });
    for (const query of ['{ line }', 'subscription { lines }']) {
      await new Promise((complete, error) => client.subscribe({ query }, { next: (data) => console.log(JSON.stringify(data)), complete, error }));
    }
    await client.dispose();
  },

  wamp: async () => {
    const { Connection } = require('autobahn');
    const connection = new Connection({ url: `ws://${address}:7004/wamp`, realm: 'verona' });
    connection.open();
    const session = await new Promise((resolve) => { connection.onopen = resolve; });
    await session.subscribe('verona.square', (args) => console.log(args));
    await session.publish('verona.square', ['Do you bite your thumb at us, sir?'], {}, { acknowledge: true, exclude_me: false });
    console.log(await session.call('verona.greet', ['sir']));
    await pause(300);
    connection.close();
  },

  jsonrpc: async () => {
    const { Client } = require('rpc-websockets');
    const client = new Client(`ws://${address}:7005`);
    await event(client, 'open');
    console.log(await client.call('add', [2, 3]));
    await client.subscribe('feast');
    await event(client, 'feast');
    client.close();
  },

  actioncable: async () => {
    globalThis.addEventListener = globalThis.removeEventListener = () => {};
    globalThis.document = { visibilityState: 'visible' };
    const cable = require('@rails/actioncable/app/assets/javascripts/actioncable.js');
    cable.adapters.WebSocket = class extends WebSocket {
      constructor(url, protocols) { super(url, protocols, { origin: 'http://www.example' }); }
    };
    const consumer = cable.createConsumer(`ws://${address}:7006/cable`);
    await new Promise((received) => {
      const room = consumer.subscriptions.create({ channel: 'RoomChannel', room: 'crypt' }, {
        connected: () => room.perform('speak', { body: 'O happy dagger!' }),
        received,
      });
    });
    await pause(300);
    consumer.disconnect();
  },

  phoenix: async () => {
    const { Socket } = require('phoenix');
    const socket = new Socket(`ws://${address}:7007/socket`, { transport: WebSocket, heartbeatIntervalMs: 300 });
    socket.connect();
    const room = socket.channel('room:capulet', { name: 'nurse' });
    await new Promise((resolve) => room.join().receive('ok', resolve));
    room.push('shout', { body: 'Lady! lady! lady!' });
    await pause(800);
    await new Promise((resolve) => socket.disconnect(resolve));
  },

  sockjs: async () => {
    const SockJS = require('sockjs-client');
    const socket = new SockJS(`http://${address}:7008/street`, null, { transports: ['websocket'] });
    await new Promise((resolve) => { socket.onopen = resolve; });
    socket.send('Tybalt, you rat-catcher, will you walk?');
    await new Promise((resolve) => { socket.onmessage = resolve; });
    socket.close();
  },

  sip: async () => {
    const { UA, WebSocketInterface } = require('jssip');
    const agent = new UA({ sockets: [new WebSocketInterface(`ws://${address}:7009`)], uri: 'sip:juliet@chat.example', password: 'r0m30' });
    agent.start();
    await event(agent, 'registered');
    agent.sendMessage('sip:romeo@chat.example', 'What man art thou that thus bescreened in night');
    await pause(500);
    agent.stop();
  },

  // STOMP on RabbitMQ's port, MQTT on mosquitto's.
  stomp: async () => {
    const { Client } = require('@stomp/stompjs');
    const client = new Client({ brokerURL: `ws://${address}:7674/ws`, connectHeaders: { login: 'guest', passcode: 'guest' }, reconnectDelay: 0 });
    client.activate();
    await new Promise((resolve) => { client.onConnect = resolve; });
    await new Promise((resolve) => {
      client.subscribe('/topic/verona', resolve);
      client.publish({ destination: '/topic/verona', body: 'Peace? I hate the word.' });
    });
    await client.deactivate();
  },

  mqtt: async () => {
    const client = require('mqtt').connect(url ?? `ws://${address}:7883/mqtt`, { clientId: 'juliet', protocolVersion: 5 });
    await event(client, 'connect');
    await client.subscribeAsync('verona/#', { qos: 1 });
    client.publish('verona/balcony', 'Parting is such sweet sorrow', { qos: 1 });
    await event(client, 'message');
    await client.endAsync();
  },
};

setTimeout(() => process.exit(1), 10000);
CLIENTS[what]().then(() => setTimeout(() => process.exit(0), 300), (error) => { console.error(error); process.exit(2); });
