// node discord_client.js ADDRESS PORT: discord.js, at a gateway of ours.
const { Client, GatewayIntentBits } = require('discord.js');

const [address, port] = process.argv.slice(2);
const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
  rest: { api: `http://${address}:${port}/api` },
});
client.on('error', console.error);
client.login('MTAwMDAwMDAwMDAwMDAwMDAx.example.example');
setTimeout(() => process.exit(0), 1800);
