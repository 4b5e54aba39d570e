// node kakaotalk_client.js BOOKING_HOST BOOKING_PORT PUBLIC_KEY: node-kakao logs in, sets its status, pings.
const fs = require('node:fs');
const { TalkClient } = require('node-kakao');
const { Long } = require('bson');

const [host, port, public_key] = process.argv.slice(2);
const client = new TalkClient({
  locoBookingHost: host, locoBookingPort: +port, locoPEMPublicKey: fs.readFileSync(public_key, 'latin1'),
});
client.on('error', () => {});

async function main() {
  const login = await client.login({ userId: Long.fromNumber(1), deviceUUID: 'device', accessToken: 'token' });
  if (!login.success) throw new Error(`login: ${login.status}`);
  await client.setStatus(1);
  await client.session.request('PING', {});
  client.close();
  setTimeout(() => process.exit(0), 300);
}
main().catch((error) => { console.error(error); process.exit(1); });
