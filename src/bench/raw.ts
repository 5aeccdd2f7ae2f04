import { whenInputEnds } from './lines.ts'

/** The limit of fan-out: only Bun's own topics, without storing anything. */
export async function serveRaw(): Promise<number> {
  const server = Bun.serve<{ room: string }>({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, upgrader) {
      const room = new URL(request.url).pathname.slice('/ws/'.length)
      return upgrader.upgrade(request, { data: { room } }) ? undefined : new Response('raw')
    },
    websocket: {
      perMessageDeflate: false,
      open: (socket) => void socket.subscribe(socket.data.room),
      message: (socket, text) => void server.publish(socket.data.room, text, false),
    },
  })
  process.stdout.write(`${JSON.stringify({ port: server.port })}\n`)
  await whenInputEnds()
  return 0
}
