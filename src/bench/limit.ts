import postgres from 'postgres'
import { whenInputEnds } from './lines.ts'

/** Stores a batch of messages: the room, number in the room and text of each. */
type Insert = (rooms: string[], seqs: number[], texts: string[]) => Promise<void>

export const limitTable = `create table if not exists limit_messages (
  room text not null, seq bigint not null, username text not null, content text not null,
  created_at timestamptz not null default now(), primary key (room, seq))`
export const limitInsert = `insert into limit_messages (room, seq, username, content)
  select room, seq, 'somebody', content from unnest($1::text[], $2::bigint[], $3::text[]) as m (room, seq, content)`

/** The simplest way to Postgres on this stack, without any code of Parley. */
export async function insertIntoPostgres(url: string): Promise<Insert> {
  const sql = postgres(url, { max: 2, onnotice: () => undefined })
  await sql.unsafe(limitTable)
  return async (rooms, seqs, texts) => {
    await sql`insert into limit_messages (room, seq, username, content)
      select room, seq, 'somebody', content
      from unnest(${rooms}::text[], ${seqs}::bigint[], ${texts}::text[]) as m (room, seq, content)`
  }
}

/**
 * The limit of durable chat on this stack: Bun's own topics behind one INSERT for all waiting messages. No accounts, no
 * checks, no memberships, no encryption. We compare Parley with it in the same run.
 */
export async function serveLimit(insert: Insert): Promise<number> {
  const seqs = new Map<string, number>()
  let waiting: { room: string; content: string }[] = []
  let busy = false

  async function flush(): Promise<void> {
    for (busy = true; waiting.length > 0; ) {
      const batch = waiting
      waiting = []
      const rooms = batch.map(({ room }) => room)
      const numbers = rooms.map((room) => {
        const seq = (seqs.get(room) ?? 0) + 1
        seqs.set(room, seq)
        return seq
      })
      const texts = batch.map(({ content }) => content)
      await insert(rooms, numbers, texts)
      for (const [index, { room, content }] of batch.entries())
        server.publish(
          room,
          JSON.stringify({ type: 'message', room, seq: numbers[index], user: 'somebody', content }),
        )
    }
    busy = false
  }

  const server = Bun.serve<{ room: string }>({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, upgrader) {
      const room = new URL(request.url).pathname.slice('/ws/'.length)
      return upgrader.upgrade(request, { data: { room } }) ? undefined : new Response('limit')
    },
    websocket: {
      perMessageDeflate: false,
      open: (socket) => void socket.subscribe(socket.data.room),
      message(socket, text) {
        const { content } = JSON.parse(String(text)) as { content: string }
        waiting.push({ room: socket.data.room, content })
        if (!busy) {
          busy = true
          queueMicrotask(() => void flush())
        }
      },
    },
  })
  process.stdout.write(`${JSON.stringify({ port: server.port })}\n`)
  await whenInputEnds()
  return 0
}
