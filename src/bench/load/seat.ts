import type { Socket } from 'bun'
import { monotonicUs } from '../clock.ts'
import { dialects, firstNumber } from './dialect.ts'
import type { createSeqReader } from './events.ts'
import { createFrameReader, textFrame } from './framing.ts'
import type { Dialect, Seat as SeatJob } from './job.ts'
import { markerIn, readTime, writeDigits, writeTime } from './marker.ts'

/** The state that the seats of one load process share. */
export type Hall = {
  port: number
  dialect: Dialect
  window: number
  talking: boolean
  seqs(room: string): ReturnType<typeof createSeqReader>
  heard(latencyUs: number | undefined, own: boolean): void
  joined(seat: Seat): void
  gone(seat: Seat, why: string): void
}

const numberDigits = String(firstNumber).length

/** One socket of the load: joins its room, counts what it receives, and if it talks, keeps its window full. */
export class Seat {
  /** The newest seq heard; −1 before the first. */
  newest = -1
  missed = 0
  doubled = 0
  unanswered = 0
  #socket: Socket<Seat> | undefined
  #unsent: Buffer = Buffer.alloc(0)
  #sent = 0
  #open = false
  #handshake = ''
  #ended = false
  readonly #frame: Buffer
  readonly #timeAt: number
  readonly #numberAt: number
  readonly #seqs
  readonly #take = createFrameReader({
    text: (chunk, start, end) => this.#hear(chunk, start, end),
    answer: (frame) => this.#write(frame),
    closed: (code) => this.#leave(`closed with ${code}`),
  })

  constructor(
    readonly hall: Hall,
    readonly job: SeatJob,
  ) {
    const { frame, numbered } = dialects[hall.dialect]
    this.#frame = textFrame(frame(job.room))
    this.#timeAt = markerIn(this.#frame)
    this.#numberAt = numbered ? this.#frame.indexOf('"seq":') + '"seq":'.length : -1
    this.#seqs = hall.seqs(job.room)
  }

  opened(socket: Socket<Seat>): void {
    this.#socket = socket
    const { port, dialect } = this.hall
    const path = dialects[dialect].path(this.job.room, this.job.token)
    this.#write(
      Buffer.from(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
      ),
    )
  }

  received(bytes: Buffer): void {
    this.#take(this.#open ? bytes : this.#shakeHands(bytes))
    if (this.job.talks && this.hall.talking) this.talk()
  }

  drained(): void {
    const unsent = this.#unsent
    this.#unsent = Buffer.alloc(0)
    if (unsent.length > 0) this.#write(unsent)
  }

  lost(why: string): void {
    this.#leave(why)
  }

  leave(): void {
    this.#ended = true
    this.#socket?.end()
  }

  /** Fills the window, in one write. */
  talk(): void {
    const count = this.hall.window - this.unanswered
    if (count <= 0 || this.#ended) return
    const now = monotonicUs()
    const frames: Buffer[] = []
    for (let nth = 0; nth < count; nth++) {
      const frame = Buffer.from(this.#frame)
      writeTime(frame, this.#timeAt, now)
      if (this.#numberAt > 0) writeDigits(frame, this.#numberAt, firstNumber + this.#sent, numberDigits)
      this.#sent++
      frames.push(frame)
    }
    this.unanswered += count
    this.#write(Buffer.concat(frames))
  }

  /** The bytes after the HTTP response are frames. */
  #shakeHands(bytes: Buffer): Buffer {
    this.#handshake += bytes.toString('latin1')
    const end = this.#handshake.indexOf('\r\n\r\n')
    if (end < 0) return Buffer.alloc(0)
    if (!this.#handshake.startsWith('HTTP/1.1 101')) {
      this.#leave(this.#handshake.slice(0, 60))
      return Buffer.alloc(0)
    }
    this.#open = true
    const rest = Buffer.from(this.#handshake.slice(end + 4), 'latin1')
    this.#handshake = ''
    if (!dialects[this.hall.dialect].greets) this.hall.joined(this)
    return rest
  }

  #hear(chunk: Buffer, start: number, end: number): void {
    const seq = this.#seqs.read(chunk, start, end)
    if (seq === undefined) return this.#hearWhole(chunk.toString('utf8', start, end), chunk, start)
    this.#hearMessage(seq, chunk, start)
  }

  #hearWhole(text: string, chunk: Buffer, start: number): void {
    const frame = JSON.parse(text) as { type: string; seq?: number; head?: number; code?: string }
    if (frame.type === 'room.ready') {
      this.newest = frame.head!
      return this.hall.joined(this)
    }
    if (frame.type === 'error') return this.#leave(`refused: ${frame.code}`)
    if (frame.seq === undefined) return
    this.#seqs.learn(text)
    if (frame.type === 'message' || frame.type === 'message.created')
      return this.#hearMessage(frame.seq, chunk, start)
    this.#count(frame.seq)
  }

  #hearMessage(seq: number, chunk: Buffer, start: number): void {
    if (!this.#count(seq)) return
    const { talks, timed } = this.job
    if (talks) this.unanswered--
    this.hall.heard(timed ? monotonicUs() - readTime(chunk, markerIn(chunk, start)) : undefined, talks)
  }

  /** False if it was received before. */
  #count(seq: number): boolean {
    if (this.newest >= 0) {
      if (seq <= this.newest) {
        this.doubled++
        return false
      }
      this.missed += seq - this.newest - 1
    }
    this.newest = seq
    return true
  }

  #write(bytes: Buffer): void {
    if (this.#unsent.length > 0) {
      this.#unsent = Buffer.concat([this.#unsent, bytes])
      return
    }
    const written = Math.max(0, this.#socket?.write(bytes) ?? 0)
    if (written < bytes.length) this.#unsent = Buffer.from(bytes.subarray(written))
  }

  #leave(why: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#socket?.end()
    this.hall.gone(this, why)
  }
}
