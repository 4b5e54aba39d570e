// node smtp_server.js ADDRESS PORT PEM: takes mail and forgets it; STARTTLS is offered.
const fs = require('node:fs');
const { SMTPServer } = require('smtp-server');

const [address, port, pem] = process.argv.slice(2);
new SMTPServer({
  name: 'mail.example',
  key: fs.readFileSync(pem),
  cert: fs.readFileSync(pem),
  authOptional: true,
  disableReverseLookup: true,
  onData: (stream, _, done) => { stream.resume(); stream.on('end', done); },
}).listen(port, address);
