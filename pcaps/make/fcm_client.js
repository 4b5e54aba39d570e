// node fcm_client.js: push-receiver with an account made up here, so that it need not register one.
const { PushReceiver } = require('@eneris/push-receiver');

const receiver = new PushReceiver({
  firebase: { projectId: 'verona' },
  credentials: { gcm: { androidId: '1595', securityToken: '1597' } },
});
receiver.registerIfNeeded = async () => {};
receiver.on('ON_DISCONNECT', () => process.exit(0));
receiver.connect();
