// Official TDLib told to use a proxy on this host. Nothing else can be reached from here.
//   telegram_tdlib.js ADDRESS PORT SECRET
const tdl = require('tdl')

const [server, port, secret] = process.argv.slice(2)
tdl.configure({ tdjson: require.resolve('@prebuilt-tdlib/linux-x64-glibc/libtdjson.so'), verbosityLevel: 0 })
const client = tdl.createClient({
  apiId: 1, apiHash: '0'.repeat(32), databaseDirectory: `tdlib/${secret.slice(0, 4)}`, filesDirectory: `tdlib/${secret.slice(0, 4)}f`, skipOldUpdates: true
})
client.on('error', () => {})
setTimeout(() => process.exit(0), 6000)
const type = { _: 'proxyTypeMtproto', secret }
client.invoke({ _: 'addProxy', proxy: { _: 'proxy', server, port: +port, type }, enable: true })
  .catch(() => client.invoke({ _: 'addProxy', server, port: +port, enable: true, type }))
  .then(() => client.invoke({ _: 'setAuthenticationPhoneNumber', phone_number: '+15550000000' }))
  .catch(error => console.log(error.message))
