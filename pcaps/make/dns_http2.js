// node dns_http2.js ADDRESS PORT NAME...: asks for the names in DNS over HTTP/2 in the clear (RFC 8484), the
// first in a POST, the others in the target of a GET.
const http2 = require('node:http2');

const [address, port, ...names] = process.argv.slice(2);
const TYPE = 'application/dns-message';

function query(name) {
  const labels = name.split('.').map((label) => String.fromCharCode(label.length) + label).join('');
  return Buffer.from(`\x00\x00\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00${labels}\x00\x00\x01\x00\x01`, 'latin1');
}

async function main() {
  const session = http2.connect(`http://${address}:${port}`);
  for (const [place, name] of names.entries()) {
    const request = place === 0
      ? session.request({ ':method': 'POST', ':path': '/dns-query', accept: TYPE, 'content-type': TYPE })
      : session.request({ ':path': `/dns-query?dns=${query(name).toString('base64url')}`, accept: TYPE });
    if (place === 0) request.end(query(name));
    await new Promise((resolve) => request.on('data', () => {}).on('end', resolve));
  }
  session.close();
}

main();
