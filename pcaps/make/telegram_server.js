// A data centre of Telegram's, or a proxy before one, as far as a client needs it: all transports, in the
// clear and obfuscated, and in what looks like TLS. It answers the first message of the key exchange, and
// with KEY, an account's key that the client has, too, encrypted messages.
//   telegram_server.js ADDRESS PORT SECRET|- plain|fake-tls|web|web-tls:CERTIFICATE [KEY]
const crypto = require('crypto')
const fs = require('fs')
const http = require('http')
const https = require('https')
const net = require('net')
const { WebSocketServer } = require('ws')

const [address, port, secretText, carrier, keyText] = process.argv.slice(2)
const secret = secretText === '-' ? Buffer.alloc(0) : Buffer.from(secretText, 'hex')
const key = keyText && Buffer.from(keyText, 'hex')
const sha256 = (...parts) => crypto.createHash('sha256').update(Buffer.concat(parts)).digest()
const le32 = number => { const octets = Buffer.alloc(4); octets.writeUInt32LE(number >>> 0); return octets }
const crc32 = require('zlib').crc32 || (octets => {
  let crc = -1
  for (const each of octets) {
    crc ^= each
    for (let bit = 0; bit < 8; ++bit) crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
})

// ---- messages

// Of the public key: clients that know it go on. TDLib 1.8.67 crashes when it then gets no answer.
const fingerprint = secret.length ? crypto.randomBytes(8) : Buffer.from('85fd64de851d9dd0', 'hex')

const messageId = () => { const octets = le32(1).toString('hex') + le32(Date.now() / 1000).toString('hex'); return Buffer.from(octets, 'hex') }

function answerPlain (message) {
  if (message.readUInt32LE(20) !== 0xbe7e8ef1) return null // req_pq_multi
  const nonce = message.subarray(24, 40)
  const body = Buffer.concat([le32(0x05162463), nonce, crypto.randomBytes(16),
    Buffer.from('0817ed48941a08f98100000015c4b51c01000000', 'hex'), // pq; a list of one number:
    fingerprint])
  return Buffer.concat([Buffer.alloc(8), messageId(), le32(body.length), body])
}

/// new_session_created, encrypted as core.telegram.org/mtproto/description has it for servers.
function answerEncrypted (message) {
  if (!key) return null
  const { IGE } = require('telegram/crypto/IGE')
  const keysOf = (messageKey, x) => {
    const a = sha256(messageKey, key.subarray(x, x + 36)), b = sha256(key.subarray(40 + x, 76 + x), messageKey)
    return [Buffer.concat([a.subarray(0, 8), b.subarray(8, 24), a.subarray(24)]),
      Buffer.concat([b.subarray(0, 8), a.subarray(8, 24), b.subarray(24)])]
  }
  const [openKey, openIv] = keysOf(message.subarray(8, 24), 0)
  const opened = Buffer.from(new IGE(openKey, openIv).decryptIge(message.subarray(24, message.length - (message.length - 24) % 16)))
  const body = Buffer.concat([le32(0x9ec20908), opened.subarray(16, 24), crypto.randomBytes(8), opened.subarray(0, 8)])
  const clear = Buffer.concat([opened.subarray(0, 16), messageId(), le32(1), le32(body.length), body, crypto.randomBytes(12)])
  const text = Buffer.concat([clear, crypto.randomBytes((16 - clear.length % 16) % 16)])
  const messageKey = sha256(key.subarray(96, 128), text).subarray(8, 24)
  return Buffer.concat([message.subarray(0, 8), messageKey, Buffer.from(new IGE(...keysOf(messageKey, 8)).encryptIge(text))])
}

const answer = message => message.readBigUInt64LE(0) === 0n ? answerPlain(message) : answerEncrypted(message)

// ---- transports

const words = octets => octets.length / 4 < 127
  ? Buffer.from([octets.length / 4])
  : Buffer.concat([Buffer.from([127]), le32(octets.length / 4).subarray(0, 3)])
const transports = {
  abridged: { head: 1, // octets of a header; read(octets) gives [header, message, behind] in octets
    read: octets => (octets[0] & 127) < 127 ? [1, 4 * (octets[0] & 127), 0] : octets.length < 4 ? null : [4, 4 * octets.readUIntLE(1, 3), 0],
    write: message => Buffer.concat([words(message), message]) },
  intermediate: { head: 4,
    read: octets => [4, octets.readUInt32LE(0) & 0x7fffffff, 0],
    write: message => Buffer.concat([le32(message.length), message]) },
  padded: { head: 4,
    read: octets => [4, octets.readUInt32LE(0) & 0x7fffffff, 0],
    write: message => { const pad = crypto.randomBytes(crypto.randomInt(16)); return Buffer.concat([le32(message.length + pad.length), message, pad]) } },
  full: { head: 8,
    read: octets => [8, octets.readUInt32LE(0) - 12, 4],
    write: (message, number) => { const covered = Buffer.concat([le32(message.length + 12), le32(number), message]); return Buffer.concat([covered, le32(crc32(covered))]) } }
}
const marks = { 0xef: 'abridged', 0xee: 'intermediate', 0xdd: 'padded' }

class Stream {
  constructor (send) { this.send = send; this.octets = Buffer.alloc(0); this.sent = 0 }
  take (data) {
    this.octets = Buffer.concat([this.octets, this.opener ? this.opener.update(data) : data])
    if (!this.transport && !this.begin()) return
    for (;;) {
      if (this.octets.length < this.transport.head) return
      const sizes = this.transport.read(this.octets)
      if (!sizes || this.octets.length < sizes[0] + sizes[1] + sizes[2]) return
      const reply = answer(this.octets.subarray(sizes[0], sizes[0] + sizes[1]))
      this.octets = this.octets.subarray(sizes[0] + sizes[1] + sizes[2])
      if (!reply) continue
      const frame = this.transport.write(reply, this.sent++)
      this.send(this.sealer ? this.sealer.update(frame) : frame)
    }
  }
  begin () {
    const octets = this.octets
    const mark = marks[octets[0]]
    const length = mark === 'abridged' ? 1 : 4
    if (octets.length < 8) return false
    if (mark && octets.subarray(0, length).every(each => each === octets[0])) return this.use(mark, octets.subarray(length))
    if (octets.readUInt32LE(4) === 0) return this.use('full', octets)
    if (octets.length < 64) return false
    const head = octets.subarray(0, 64)
    const reversed = Buffer.from(head).reverse()
    const cipher = from => crypto.createCipheriv('aes-256-ctr',
      secret.length ? sha256(from.subarray(8, 40), secret) : from.subarray(8, 40), from.subarray(40, 56))
    this.opener = cipher(head)
    this.sealer = cipher(reversed)
    const clear = this.opener.update(octets)
    return this.use(marks[clear[56]], clear.subarray(64))
  }
  use (name, rest) { this.transport = transports[name]; this.octets = Buffer.from(rest); console.log(name); return true }
}

// ---- what only looks like TLS

const hmac = (...parts) => crypto.createHmac('sha256', secret).update(Buffer.concat(parts)).digest()
const record = (type, content) => Buffer.concat([Buffer.from([type, 3, 3, content.length >> 8, content.length & 255]), content])

function tlsAnswer (hello) {
  const extensions = Buffer.concat([Buffer.from('002e00330024001d0020', 'hex'), crypto.randomBytes(32), Buffer.from('002b00020304', 'hex')])
  const body = Buffer.concat([Buffer.from('0303', 'hex'), Buffer.alloc(32), Buffer.from([32]), hello.subarray(44, 76), Buffer.from('130100', 'hex'), extensions])
  const all = Buffer.concat([record(22, Buffer.concat([Buffer.from([2, 0, body.length >> 8, body.length & 255]), body])),
    record(20, Buffer.from([1])), record(23, crypto.randomBytes(2000 + crypto.randomInt(1000)))])
  hmac(hello.subarray(11, 43), all).copy(all, 11)
  return all
}

function serveTls (socket) {
  let octets = Buffer.alloc(0), greeted = false
  const stream = new Stream(data => socket.write(record(23, data)))
  socket.on('data', data => {
    octets = Buffer.concat([octets, data])
    while (octets.length >= 5 && octets.length >= 5 + octets.readUInt16BE(3)) {
      const one = octets.subarray(0, 5 + octets.readUInt16BE(3))
      octets = octets.subarray(one.length)
      if (!greeted) socket.write(tlsAnswer(one))
      if (greeted && one[0] === 23) stream.take(one.subarray(5))
      greeted = true
    }
  })
}

// ---- what carries it

function serveTcp () {
  net.createServer(socket => {
    socket.on('error', () => {})
    if (carrier === 'fake-tls') return serveTls(socket)
    const stream = new Stream(data => socket.write(data))
    socket.on('data', data => stream.take(data))
  }).listen(+port, address)
}

/// WebSocket, and a message a body in HTTP.
function serveWeb (certificate) {
  const pem = certificate && fs.readFileSync(certificate)
  const server = pem ? https.createServer({ cert: pem, key: pem }) : http.createServer()
  server.on('request', (request, response) => {
    const parts = []
    request.on('data', data => parts.push(data))
    request.on('end', () => {
      const reply = answer(Buffer.concat(parts)) || Buffer.alloc(0)
      response.writeHead(reply.length ? 200 : 404, { 'content-type': 'application/octet-stream', 'content-length': reply.length })
      response.end(reply)
    })
  })
  new WebSocketServer({ server, handleProtocols: () => 'binary' }).on('connection', socket => {
    const stream = new Stream(data => socket.send(data))
    socket.on('message', data => stream.take(data))
  })
  server.listen(+port, address)
}

if (carrier.startsWith('web')) serveWeb(carrier.split(':')[1])
else serveTcp()
