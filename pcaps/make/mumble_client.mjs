// node mumble_client.mjs ADDRESS PORT: enters a Mumble server and leaves it.
const { Client } = await import(new URL('./node_modules/@tf2pickup-org/mumble-client/dist/index.js', import.meta.url));

const [host, port] = process.argv.slice(2);
const client = new Client({ host, port: Number(port), username: 'romeo', rejectUnauthorized: false });
await client.connect();
console.log(client.welcomeText);
await new Promise((resolve) => setTimeout(resolve, 500));
client.disconnect();
setTimeout(() => process.exit(0), 200);
