import { connect, createServer, type Socket } from 'node:net'

export type Link = {
  port: number
  /** From now on nothing passes, and no connection ends: as when a cable is pulled. */
  cut(): void
  /** Ends all connections and refuses new ones, as a firewall does. */
  refuse(): void
  /** Everything takes so much longer, each way. */
  slow(ms: number): void
  mend(): void
  /** Bytes that were held back or late since the last `cut`, `refuse` or `slow`, and connections that were ended or refused. */
  harm(): { bytes: number; connections: number }
  close(): Promise<void>
}

type Way = 'open' | 'cut' | 'refused'

/** The way of one node to a server on this machine. What it held back passes after `mend`, as TCP sends it again. */
export async function layLink(port: number): Promise<Link> {
  const sockets = new Set<Socket>()
  let way: Way = 'open'
  let delayMs = 0
  let mended = Promise.withResolvers<void>()
  let harm = { bytes: 0, connections: 0 }

  function carry(from: Socket, to: Socket): void {
    let last = Promise.resolve()
    from.on('data', (piece: Buffer) => {
      if (way === 'open' && delayMs === 0) {
        last = last.then(() => pass(piece, to))
        return
      }
      harm.bytes += piece.length
      const due = performance.now() + delayMs
      // Nothing more is read while the way is cut: the sender notices, as its own buffer fills.
      if (way === 'cut') from.pause()
      last = last.then(async () => {
        while (way === 'cut') await mended.promise
        await Bun.sleep(Math.max(0, due - performance.now()))
        pass(piece, to)
        from.resume()
      })
    })
    from.on('end', () => void last.then(() => to.end()))
  }

  const pass = (piece: Buffer, to: Socket): void => {
    if (!to.destroyed) to.write(piece)
  }

  const server = createServer((near) => {
    if (way === 'refused') {
      harm.connections++
      near.destroy()
      return
    }
    if (way === 'cut') harm.connections++
    near.setNoDelay(true)
    const far = connect(port, '127.0.0.1').setNoDelay(true)
    carry(near, far)
    carry(far, near)
    const end = (): void => {
      for (const socket of [near, far]) {
        socket.destroy()
        sockets.delete(socket)
      }
    }
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', end).on('close', end)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  function change(next: Way, nextDelayMs = 0): void {
    way = next
    delayMs = nextDelayMs
    harm = { bytes: 0, connections: 0 }
  }

  return {
    port: (server.address() as { port: number }).port,
    cut: () => change('cut'),
    refuse() {
      change('refused')
      harm.connections += sockets.size / 2
      for (const socket of sockets) socket.destroy()
    },
    slow: (ms) => change('open', ms),
    mend() {
      way = 'open'
      delayMs = 0
      mended.resolve()
      mended = Promise.withResolvers()
    },
    harm: () => harm,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
