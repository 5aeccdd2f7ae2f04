import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

const patienceMs = 3000

/** HELLO came with RESP 3 in this version, and Bun's client speaks nothing older. */
const oldestVersion = '6.0'

/** Bun's client says only that a connection was closed. This asks the server itself, and gives a sentence for the operator. */
export async function whyRefused(url: string, place: string, error: unknown): Promise<string> {
  const said = await greet(url).catch((reason) => ({ reason: String(reason.code ?? reason.message) }))
  if ('reason' in said) {
    if (/CERT|ALTNAME|SIGN|ISSUER/.test(said.reason))
      return `${place} has a certificate that this machine does not accept: ${said.reason}. It must be for the host of BUS_URL, and NODE_EXTRA_CA_CERTS names the file of its authority if that is your own.`
    return `${place} cannot be reached: ${said.reason}. Check BUS_URL, with rediss:// where it wants TLS, that the server is running, and that this machine may connect to it.`
  }
  const { line } = said
  if (/^-(WRONGPASS|NOAUTH)|^-ERR (invalid password|AUTH )/i.test(line))
    return `${place} refused the password or the user name: correct them in BUS_URL (redis://user:password@host, percent-encoded).`
  if (/^-ERR unknown command/i.test(line))
    return `${place} is too old: Parley needs Redis ${oldestVersion} or newer, or Valkey, because its client speaks RESP 3. Upgrade that server.`
  if (/^-/.test(line)) return `${place} refused the connection: ${line.slice(1).trim()}.`
  if (!/^[%*]/.test(line))
    return `${place} does not speak the protocol of Redis: check the host and the port of BUS_URL, and rediss:// where TLS is needed.`
  return `${place} cannot be used as a bus: ${(error as Error).message}. Its user needs the commands of @connection and @pubsub, and all channels that begin with parley:.`
}

/** The first line of what the server replies to the first command of Bun's client. */
function greet(url: string): Promise<{ line: string }> {
  const { protocol, hostname, port, username, password } = new URL(url)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const at = { host, port: Number(port || 6379) }
  const isTls = protocol === 'rediss:' || protocol === 'valkeys:'
  const words = ['HELLO', '3']
  if (password) words.push('AUTH', decodeURIComponent(username) || 'default', decodeURIComponent(password))
  const command = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')
  return new Promise((resolve, reject) => {
    // An address is no name that a server could choose a certificate by.
    const socket: Socket = isTls
      ? connectTls({ ...at, ...(isIP(host) === 0 && { servername: host }) })
      : connect(at)
    const end = (done: () => void) => {
      clearTimeout(timer)
      socket.destroy()
      done()
    }
    const timer = setTimeout(
      () => end(() => reject(new Error(`no response within ${patienceMs / 1000} s`))),
      patienceMs,
    )
    let heard = ''
    socket.on(isTls ? 'secureConnect' : 'connect', () => socket.write(`*${words.length}\r\n${command}`))
    socket.on('data', (piece) => {
      heard += piece.toString('latin1')
      if (heard.includes('\n') || heard.length > 1000) end(() => resolve({ line: heard.split('\r\n')[0]! }))
    })
    socket.on('error', (error) => end(() => reject(error)))
    socket.on('close', () => end(() => reject(new Error('it ended the connection'))))
  })
}
