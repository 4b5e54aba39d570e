// node whatsapp_server.js ADDRESS WS_PORT WSS_PORT TCP_PORT PEM: the Noise responder behind three transports.
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const { WebSocketServer } = require('ws');
const { NoiseResponder } = require('./noise_responder');

const [address, ws_port, wss_port, tcp_port, pem] = process.argv.slice(2);
const complain = (error) => console.log(error.stack);

function over_websocket(server, port) {
  new WebSocketServer({ server }).on('connection', (socket) => {
    const noise = new NoiseResponder((octets) => socket.send(octets));
    socket.on('message', (message) => noise.receive(message).catch(complain));
  });
  server.listen(port, address);
}

over_websocket(http.createServer(), ws_port);
over_websocket(https.createServer({ key: fs.readFileSync(pem), cert: fs.readFileSync(pem) }), wss_port);

net.createServer((socket) => {
  const noise = new NoiseResponder((octets) => socket.write(octets));
  socket.on('data', (octets) => noise.receive(octets).catch(complain)).on('error', complain);
}).listen(tcp_port, address);
