// node nats_tls_client.js HOST PORT ROOT: a message to oneself through a NATS server that asks for TLS.
const { connect, StringCodec } = require('nats');

const [host, port, root] = process.argv.slice(2);
(async () => {
  const text = StringCodec();
  const connection = await connect({ servers: `${host}:${port}`, tls: { caFile: root } });
  const subscription = connection.subscribe('verona.balcony', { max: 1 });
  connection.publish('verona.balcony', text.encode('Wherefore art thou?'));
  for await (const message of subscription) console.log(text.decode(message.data));
  await connection.close();
})();
