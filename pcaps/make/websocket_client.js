// node websocket_client.js URL WHAT [SUBPROTOCOL...]: one of the conversations below.
const { WebSocket } = require('ws');

const [url, what, ...protocols] = process.argv.slice(2);
const LINE = 'But soft, what light through yonder window breaks? ';
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const CONVERSATIONS = {
  // Every form of length (7, 16 and 64 bits), every kind of frame, a message in fragments with a ping among them.
  frames: async (socket) => {
    socket.send('');
    socket.send('short');
    socket.send(LINE.repeat(20));
    socket.send(Buffer.alloc(66000, 'x'));
    socket.send('first ', { fin: false });
    socket.ping('among fragments');
    await pause(50);
    socket.send('second ', { fin: false });
    socket.send('third', { fin: true });
    socket.pong('unasked');
    socket.send(Buffer.from([0, 1, 2, 3, 0xff]));
  },
  // Repeated lines: with a context taken over the later ones shrink to a few octets.
  lines: async (socket) => {
    for (let n = 0; n < 6; ++n) {
      socket.send(JSON.stringify({ type: 'chat', room: 'verona', n, text: LINE.repeat(n + 1) }));
      await pause(40);
    }
  },
  offer_no_takeover: (socket) => CONVERSATIONS.lines(socket),
};
const OPTIONS = {
  frames: { perMessageDeflate: false },
  lines: { perMessageDeflate: { threshold: 0 } },
  offer_no_takeover: { perMessageDeflate: { threshold: 0, clientNoContextTakeover: true, serverNoContextTakeover: true, serverMaxWindowBits: 10 } },
};

const socket = new WebSocket(url, protocols, OPTIONS[what]);
socket.on('open', async () => {
  await CONVERSATIONS[what](socket);
  await pause(300);
  socket.close(1000, 'parting is such sweet sorrow');
});
socket.on('error', (error) => console.log(error.message));
socket.on('close', () => process.exit(0));
