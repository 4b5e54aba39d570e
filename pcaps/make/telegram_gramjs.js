// GramJS against a server on this host: the key exchange, or with KEY messages under an account's key.
//   telegram_gramjs.js full|abridged|obfuscated|websocket HOST PORT [KEY]
// GramJS sees to it that the port is 80, or 443 for WebSocket in TLS.
const { TelegramClient } = require('telegram')
const { StringSession } = require('telegram/sessions')
const { AuthKey } = require('telegram/crypto/AuthKey')
const { PromisedNetSockets, PromisedWebSockets } = require('telegram/extensions')
const { ConnectionTCPFull, ConnectionTCPAbridged, ConnectionTCPObfuscated } = require('telegram/network')

const [kind, host, port, keyText] = process.argv.slice(2)
const connections = { full: ConnectionTCPFull, abridged: ConnectionTCPAbridged, obfuscated: ConnectionTCPObfuscated, websocket: ConnectionTCPObfuscated }

async function main () {
  const session = new StringSession('')
  session.setDC(2, host, +port)
  if (keyText) {
    const key = new AuthKey()
    await key.setKey(Buffer.from(keyText, 'hex'))
    session.setAuthKey(key)
  }
  const client = new TelegramClient(session, 1, '0'.repeat(32), {
    connection: connections[kind], connectionRetries: 1, requestRetries: 0, timeout: 2, autoReconnect: false,
    useWSS: +port === 443, networkSocket: kind === 'websocket' ? PromisedWebSockets : PromisedNetSockets
  })
  client.setLogLevel('none')
  setTimeout(() => process.exit(0), 3000)
  await client.connect()
}
main().catch(error => console.log(error.message))
