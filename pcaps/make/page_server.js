// node page_server.js ADDRESS PORT: pages/ and the browser builds of libraries; /done tells browse() to stop.
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const [address, port] = process.argv.slice(2);
const LIBRARIES = {
  '/strophe.js': 'strophe.js/dist/strophe.umd.min.js',
  '/mqtt.js': 'mqtt/dist/mqtt.min.js',
  '/stomp.js': '@stomp/stompjs/bundles/stomp.umd.min.js',
  '/signalr.js': '@microsoft/signalr/dist/browser/signalr.min.js',
};

function answer(request, response) {
  const name = request.url.split('?')[0];
  if (name === '/done') fs.appendFileSync('browse.done', request.url + '\n');
  const library = LIBRARIES[name] && path.join(__dirname, 'node_modules', LIBRARIES[name]);
  const file = library ?? (/^\/[a-z0-9-]+\.html$/.test(name) ? path.join(__dirname, 'pages', name) : undefined);
  if (!file || !fs.existsSync(file)) return response.writeHead(404).end();
  response.setHeader('content-type', file.endsWith('js') ? 'text/javascript' : 'text/html');
  response.end(fs.readFileSync(file));
}

module.exports = { answer };
if (require.main === module) http.createServer(answer).listen(port, address);
