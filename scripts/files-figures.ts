/**
 * bun scripts/files-figures.ts [memory] [talk] [photos] [download]: what files cost, on the embedded database and a directory: the memory of
 * an upload, messages while others upload, pictures and their previews, and downloads next to those of nginx. All of it takes two minutes;
 * only a quiet machine gives useful figures.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Image } from 'bun'
import { costOf } from '../src/bench/cost.ts'
import { describeMachine } from '../src/bench/machine.ts'
import { embeddedPlace } from '../src/bench/place.ts'
import { createProcesses, type Server } from '../src/bench/processes.ts'

const MB = 1_000_000
const uploaders = 20
const uploadBytes = 10 * MB
/** Between pieces of 64 KB: 20 uploads of 1.6 MB/s each. */
const pieceMs = 40
const talkSeconds = 8
const pairs = 3
const pictures = 30
const downloadBytes = 200 * MB
const downloads = 5
const piece = crypto.getRandomValues(new Uint8Array(65_536))
const nginxPort = 18_000 + (process.pid % 10_000)

const directory = mkdtempSync(join(tmpdir(), 'parley-files-'))
const place = embeddedPlace(directory)
const env = { ...place.env, FILE_BYTES: String(500 * MB), FILES_PER_USER: String(100_000 * MB) }
const processes = createProcesses([process.execPath, join(import.meta.dir, '../src/main.ts')], directory)

type Person = { token: string; room: string }

try {
  const { bun, cpu, cores, loadAverage } = describeMachine()
  console.log(`Bun ${bun}, ${cores} cores of ${cpu}, load ${loadAverage.toFixed(2)}\n`)
  const server = await processes.serve(env)
  const [line] = (await processes.run(['token', '--create', 'ben'], env)).trim().split('\n')
  const ben: Person = { token: line!.split(' ')[1]!, room: 'files' }
  await call(server, ben, 'POST', '/rooms', { id: ben.room })
  const parts = { memory, talk, photos, download }
  const asked = process.argv.slice(2)
  for (const [name, part] of Object.entries(parts))
    if (asked.length === 0 || asked.includes(name)) await part(server, ben)
  await server.stop()
} finally {
  await processes.endAll()
  await place.close()
  rmSync(directory, { recursive: true, force: true })
}

async function call(server: Server, { token }: Person, method: string, path: string, body?: unknown) {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response
}

async function upload(
  server: Server,
  { token, room }: Person,
  body: BodyInit,
  name: string,
): Promise<string> {
  const response = await fetch(`${server.url}/rooms/${room}/files`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/octet-stream',
      'x-file-name': name,
    },
    body,
  })
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`)
  return ((await response.json()) as { id: string }).id
}

/** Bytes that nothing can compress. One piece again and again: making them would take the processors from what is measured. */
function random(bytes: number, pieceMs = 0): ReadableStream<Uint8Array> {
  let left = bytes
  return new ReadableStream({
    async pull(controller) {
      if (pieceMs > 0) await Bun.sleep(pieceMs)
      const next = piece.slice(0, Math.min(piece.length, left))
      left -= next.length
      controller.enqueue(next)
      if (left === 0) controller.close()
    },
  })
}

function residentOf({ pid }: Server): number {
  return costOf(pid)?.residentBytes ?? 0
}

async function memory(server: Server, ben: Person): Promise<void> {
  // What the first upload loads stays.
  await upload(server, ben, random(2 * MB), 'first.bin')
  for (const round of [1, 2, 3]) {
    await Bun.sleep(1000)
    const before = residentOf(server)
    let most = before
    const timer = setInterval(() => {
      most = Math.max(most, residentOf(server))
    }, 10)
    const began = performance.now()
    await upload(server, ben, random(100 * MB), 'large.bin')
    clearInterval(timer)
    const seconds = (performance.now() - began) / 1000
    console.log(
      `upload of 100 MB, ${round}: ${((most - before) / MB).toFixed(1)} MB more memory, ${(100 / seconds).toFixed(0)} MB/s`,
    )
  }
}

/** Messages at 100 a second from one socket to another, without uploads and with 20 of 10 MB at once, in turns. */
async function talk(server: Server, ben: Person): Promise<void> {
  const ratios: number[] = []
  for (let pair = 1; pair <= pairs; pair++) {
    const without = await latencies(server, ben)
    let stopped = false
    const uploading = Array.from({ length: uploaders }, async () => {
      while (!stopped) await upload(server, ben, random(uploadBytes, pieceMs), 'other.bin')
    })
    await Bun.sleep(1000)
    const during = await latencies(server, ben)
    stopped = true
    await Promise.all(uploading)
    ratios.push(during.p99 / without.p99)
    console.log(
      `messages, ${pair}: p50 ${without.p50.toFixed(2)} ms, p99 ${without.p99.toFixed(2)} ms; during ${uploaders} uploads p50 ${during.p50.toFixed(2)} ms, p99 ${during.p99.toFixed(2)} ms: ${(during.p99 / without.p99).toFixed(2)} ×`,
    )
  }
  console.log(
    `messages during uploads: p99 ${ratios.sort((a, b) => a - b)[pairs >> 1]!.toFixed(2)} × (median)`,
  )
}

async function latencies({ url }: Server, { token, room }: Person): Promise<{ p50: number; p99: number }> {
  const sent = new Map<string, number>()
  const took: number[] = []
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/${room}?token=${token}`)
  const ready = Promise.withResolvers<void>()
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data)) as { type: string; ref?: string }
    if (frame.type === 'room.ready') ready.resolve()
    const began = frame.type === 'reply' && sent.get(String(frame.ref))
    if (began) took.push(performance.now() - began)
  }
  await ready.promise
  const timer = setInterval(() => {
    const ref = crypto.randomUUID()
    sent.set(ref, performance.now())
    socket.send(
      JSON.stringify({ type: 'message.send', ref, content: 'Something of ordinary length', client_id: ref }),
    )
  }, 10)
  await Bun.sleep(talkSeconds * 1000)
  clearInterval(timer)
  while (took.length < sent.size) await Bun.sleep(10)
  socket.close()
  took.sort((a, b) => a - b)
  return { p50: took[took.length >> 1]!, p99: took[Math.floor(took.length * 0.99)]! }
}

/** Waves, edges and grain: about as large as a camera's file. */
async function photo(width: number, height: number, seed: number): Promise<Uint8Array> {
  const row = (width * 3 + 3) & ~3
  const bytes = Buffer.alloc(54 + row * height)
  bytes.write('BM')
  for (const [at, value] of [
    [2, bytes.length],
    [10, 54],
    [14, 40],
    [18, width],
    [22, height],
  ] as const)
    bytes.writeUInt32LE(value, at)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(24, 28)
  let grain = seed * 2_654_435_761
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      grain = (Math.imul(grain, 1_664_525) + 1_013_904_223) | 0
      const wave =
        90 + 60 * Math.sin((x + seed * 97) / 211) * Math.cos(y / 173) + (((x >> 7) ^ (y >> 6)) & 31)
      const at = 54 + y * row + x * 3
      const noise = (grain >>> 28) - 8
      bytes[at] = wave + noise
      bytes[at + 1] = wave * 0.8 + 30 + noise
      bytes[at + 2] = 200 - wave * 0.5 + noise
    }
  return new Image(bytes).jpeg({ quality: 88 }).bytes()
}

async function photos(server: Server, ben: Person): Promise<void> {
  const large = await photo(4000, 3000, 1)
  for (const round of [1, 2, 3]) {
    const began = performance.now()
    const id = await upload(server, ben, large as never, `photo-${round}.jpg`)
    const uploaded = performance.now()
    await call(server, ben, 'POST', `/rooms/${ben.room}/messages`, { content: '', files: [id] })
    await (await call(server, ben, 'GET', `/files/${id}/preview?size=720`)).arrayBuffer()
    const there = performance.now()
    console.log(
      `photo of 12 megapixels (${(large.length / MB).toFixed(1)} MB), ${round}: uploaded in ${(uploaded - began).toFixed(0)} ms, its preview ${(there - uploaded).toFixed(0)} ms after sending`,
    )
  }
  let sum = 0
  for (let each = 0; each < pictures; each++) {
    const id = await upload(server, ben, (await photo(1600, 1200, each + 2)) as never, `picture-${each}.jpg`)
    await call(server, ben, 'POST', `/rooms/${ben.room}/messages`, { content: '', files: [id] })
    sum += (await (await call(server, ben, 'GET', `/files/${id}/preview?size=360`)).arrayBuffer()).byteLength
  }
  console.log(`a first screen of ${pictures} pictures: ${(sum / MB).toFixed(2)} MB of previews`)
}

/** The same bytes from Parley, decrypted on the way, and from nginx as a plain file, in turns. */
async function download(server: Server, ben: Person): Promise<void> {
  const id = await upload(server, ben, random(downloadBytes), 'archive.bin')
  await call(server, ben, 'POST', `/rooms/${ben.room}/messages`, { content: '', files: [id] })
  const root = join(directory, 'nginx')
  mkdirSync(root)
  writeFileSync(join(root, 'plain.bin'), crypto.getRandomValues(new Uint8Array(65_536)))
  const plain = Bun.file(join(root, 'plain.bin')).writer()
  for (let at = 0; at < downloadBytes; at += 65_536)
    plain.write(crypto.getRandomValues(new Uint8Array(65_536)))
  await plain.end()
  const settings = join(root, 'nginx.conf')
  writeFileSync(
    settings,
    `user root; daemon off; worker_processes 1; pid ${root}/pid; error_log ${root}/errors; events {}
     http { access_log off; sendfile on; server { listen 127.0.0.1:${nginxPort}; root ${root}; } }`,
  )
  const nginx = Bun.spawn(['/usr/sbin/nginx', '-c', settings, '-p', root], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    while (!(await fetch(`http://127.0.0.1:${nginxPort}/pid`).catch(() => undefined))) await Bun.sleep(20)
    const rates: Record<'parley' | 'nginx', number[]> = { parley: [], nginx: [] }
    for (let round = 0; round < downloads; round++) {
      rates.nginx.push(await rate(`http://127.0.0.1:${nginxPort}/plain.bin`))
      rates.parley.push(await rate(`${server.url}/files/${id}`, ben.token))
    }
    const middle = (some: number[]) => some.sort((a, b) => a - b)[some.length >> 1]!
    const [own, other] = [middle(rates.parley), middle(rates.nginx)]
    console.log(
      `download of 200 MB: Parley ${own.toFixed(0)} MB/s, nginx ${other.toFixed(0)} MB/s: ${(own / other).toFixed(2)} × (medians of ${downloads})`,
    )
  } finally {
    nginx.kill()
    await nginx.exited
  }
}

/** In MB/s, by a program of its own: ours would cost as much as what it measures. */
async function rate(url: string, token?: string): Promise<number> {
  const curl = Bun.spawn(
    [
      ...['curl', '-sf', '-o', '/dev/null', '-w', '%{speed_download}'],
      ...(token ? ['-H', `authorization: Bearer ${token}`] : []),
      url,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const speed = Number(await new Response(curl.stdout).text())
  if ((await curl.exited) !== 0) throw new Error(`curl could not get ${url}`)
  return speed / MB
}
