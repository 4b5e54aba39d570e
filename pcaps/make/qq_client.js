// node qq_client.js ADDRESS PORT: the library oicq logs in as QQ on a phone; account and password are made up.
const { createClient } = require('oicq');

const [address, port] = process.argv.slice(2);
const client = createClient(123456789, { platform: 1, log_level: 'off', data_dir: process.cwd() });
client.setRemoteServer(address, +port);
client.on('system.login.error', () => {});
client.login('made up').catch(() => {});
setTimeout(() => process.exit(0), 4000);
