import { createDecipheriv, createECDH, createPublicKey, hkdfSync, verify } from 'node:crypto'
import type { PushMessage } from '../../src/protocol/push.ts'

type Device = { id: string; pair: ReturnType<typeof createECDH>; auth: Buffer }
export type Pushed = { device: string; message: PushMessage; headers: Headers; at: number }

/**
 * A push service with its devices, made from the standards and with nothing of ours: it checks who sends (RFC 8292), and each device
 * decrypts what it gets (RFC 8188, 8291).
 */
export function startPushService(
  answer: (device: string) => Response | number | Promise<Response | number> = () => 201,
) {
  const devices = new Map<string, Device>()
  const got: Pushed[] = []
  const wrong: string[] = []
  const service = { answer, key: '' }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const device = devices.get(new URL(request.url).pathname.slice(1))
      if (!device) return new Response('', { status: 404 })
      try {
        checkSender(
          request.headers.get('authorization') ?? '',
          service.key,
          `http://127.0.0.1:${server.port}`,
        )
        const message = decrypt(device, Buffer.from(await request.arrayBuffer()))
        got.push({ device: device.id, message, headers: request.headers, at: performance.now() })
      } catch (error) {
        wrong.push(String(error))
      }
      const response = await service.answer(device.id)
      return typeof response === 'number' ? new Response('', { status: response }) : response
    },
  })

  return {
    got,
    wrong,
    /** What `PushSubscription.toJSON()` gives there. */
    addDevice(id: string) {
      const pair = createECDH('prime256v1')
      pair.generateKeys()
      const auth = crypto.getRandomValues(Buffer.alloc(16))
      devices.set(id, { id, pair, auth })
      return {
        endpoint: `http://127.0.0.1:${server.port}/${id}`,
        expirationTime: null,
        keys: { p256dh: pair.getPublicKey('base64url'), auth: auth.toString('base64url') },
      }
    },
    trust(key: string) {
      service.key = key
    },
    behave(next: typeof answer) {
      service.answer = next
    },
    of: (device: string) => got.filter((each) => each.device === device).map(({ message }) => message),
    stop: () => server.stop(true),
  }
}

function checkSender(authorization: string, key: string, audience: string): void {
  const [, token, sent] = /^vapid t=([^,\s]+), ?k=(\S+)$/.exec(authorization) ?? []
  if (!token || sent !== key) throw new Error(`Not the sender that was subscribed to: ${authorization}`)
  const [head, claims, signature] = token.split('.') as [string, string, string]
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'))
  const jwk = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, format: 'jwk' })
  const signed = { key: jwk, dsaEncoding: 'ieee-p1363' as const }
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    signed,
    Buffer.from(signature, 'base64url'),
  )
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString())
  const left = exp - Date.now() / 1000
  if (!isSigned || aud !== audience || left < 0 || left > 86_400 || !/^(mailto|https):/.test(sub))
    throw new Error(`A wrong token: ${claims}`)
}

function decrypt({ pair, auth }: Device, body: Buffer): PushMessage {
  const [salt, keyLength] = [body.subarray(0, 16), body[20]!]
  const sender = body.subarray(21, 21 + keyLength)
  const sealed = body.subarray(21 + keyLength)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), sender])
  const shared = hkdfSync('sha256', pair.computeSecret(sender), auth, info, 32)
  const derive = (what: string, bytes: number) =>
    Buffer.from(
      hkdfSync('sha256', Buffer.from(shared), salt, Buffer.from(`Content-Encoding: ${what}\0`), bytes),
    )
  const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12))
  decipher.setAuthTag(sealed.subarray(-16))
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  // A 2 ends the only record; zeros may follow.
  return JSON.parse(padded.subarray(0, padded.lastIndexOf(2)).toString())
}
