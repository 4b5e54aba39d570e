// The server's side of WhatsApp's handshake, Noise_XX_25519_AESGCM_SHA256, for Baileys to talk to.
// Its static key and its certificate are made up; every length and field is what Baileys accepts.
const crypto = require('node:crypto');
const { proto, Curve, hkdf, sha256, aesEncryptGCM, aesDecryptGCM, encodeBinaryNode } = require('baileys');

const NAME = Buffer.from('Noise_XX_25519_AESGCM_SHA256\0\0\0\0');

function certificate() {
  const { CertChain } = proto;
  const details = CertChain.NoiseCertificate.Details.encode({ serial: 1, issuerSerial: 0 }).finish();
  const signature = crypto.randomBytes(64);
  return CertChain.encode({
    intermediate: { details, signature },
    leaf: { details: CertChain.NoiseCertificate.Details.encode({ serial: 2, issuerSerial: 1, key: crypto.randomBytes(32) }).finish(), signature },
  }).finish();
}

// What the server asks of a device that is not yet linked: to show one of these references as a QR code.
const PAIR_DEVICE = {
  tag: 'iq',
  attrs: { from: 's.whatsapp.net', type: 'set', id: '1234567890', xmlns: 'md' },
  content: [{ tag: 'pair-device', attrs: {}, content: [1, 2, 3].map((n) => ({ tag: 'ref', attrs: {}, content: Buffer.from(`2@madeUpReference${n}`) })) }],
};

class NoiseResponder {
  constructor(send) {
    this.send = send;
    this.input = Buffer.alloc(0);
    this.messages = 0;
    this.hash = this.salt = this.key = NAME;
    this.counter = 0;
  }

  mix(octets) { this.hash = sha256(Buffer.concat([this.hash, octets])); }

  async mixKey(secret) {
    const both = await hkdf(Buffer.from(secret), 64, { salt: this.salt, info: '' });
    this.salt = both.slice(0, 32);
    this.key = both.slice(32);
    this.counter = 0;
  }

  iv(counter) {
    const iv = Buffer.alloc(12);
    iv.writeUInt32BE(counter, 8);
    return iv;
  }

  seal(octets) {
    const sealed = aesEncryptGCM(octets, this.key, this.iv(this.counter++), this.hash);
    this.mix(sealed);
    return sealed;
  }

  open(octets) {
    const opened = aesDecryptGCM(octets, this.key, this.iv(this.counter++), this.hash);
    this.mix(octets);
    return opened;
  }

  sendFrame(octets) {
    const length = Buffer.alloc(3);
    length.writeUIntBE(octets.length, 0, 3);
    this.send(Buffer.concat([length, octets]));
  }

  async receive(octets) {
    this.input = Buffer.concat([this.input, octets]);
    if (!this.prologue && !this.readPrologue()) return;
    while (this.input.length >= 3 && this.input.length >= 3 + this.input.readUIntBE(0, 3)) {
      const end = 3 + this.input.readUIntBE(0, 3);
      const frame = this.input.subarray(3, end);
      this.input = this.input.subarray(end);
      await this.answer(frame, this.messages++);
    }
  }

  // 'ED' 00 01, length, routing information (where the client has any), then 'WA' and two version octets.
  readPrologue() {
    if (this.input.toString('latin1', 0, 2) === 'ED') {
      if (this.input.length < 7 || this.input.length < 7 + this.input.readUIntBE(4, 3)) return false;
      this.input = this.input.subarray(7 + this.input.readUIntBE(4, 3));
    }
    if (this.input.length < 4) return false;
    this.prologue = this.input.subarray(0, 4);
    this.input = this.input.subarray(4);
    this.mix(this.prologue);
    return true;
  }

  async answer(frame, number) {
    if (number === 0) return this.serverHello(proto.HandshakeMessage.decode(frame).clientHello);
    if (number === 1) return this.finish(proto.HandshakeMessage.decode(frame).clientFinish);
    console.log('transport frame of', frame.length, 'octets');
  }

  async serverHello({ ephemeral }) {
    this.ephemeral = Curve.generateKeyPair();
    const fixed = Curve.generateKeyPair();
    this.mix(Buffer.from(ephemeral));
    this.mix(Buffer.from(this.ephemeral.public));
    await this.mixKey(Curve.sharedKey(this.ephemeral.private, ephemeral));
    const sealed = this.seal(Buffer.from(fixed.public));
    await this.mixKey(Curve.sharedKey(fixed.private, ephemeral));
    const payload = this.seal(certificate());
    this.sendFrame(proto.HandshakeMessage.encode({ serverHello: { ephemeral: this.ephemeral.public, static: sealed, payload } }).finish());
  }

  async finish({ static: fixed, payload }) {
    await this.mixKey(Curve.sharedKey(this.ephemeral.private, this.open(Buffer.from(fixed))));
    console.log('client payload of', this.open(Buffer.from(payload)).length, 'octets opened');
    const both = await hkdf(Buffer.alloc(0), 64, { salt: this.salt, info: '' });
    this.sendFrame(aesEncryptGCM(encodeBinaryNode(PAIR_DEVICE), both.slice(32), this.iv(0), Buffer.alloc(0)));
  }
}

module.exports = { NoiseResponder };
