import { connect, createServer, type Socket } from 'node:net'

export type Cable = {
  port: number
  /** Connections there are now. */
  count(): number
  /** Bytes that came from the server. */
  carried(): number
  /** From now on its connections carry nothing; new ones do. */
  cut(): void
  /** Ends its connections on both sides. */
  end(): void
  /** New connections carry nothing until `release`. */
  hold(): void
  release(): void
  close(): Promise<void>
}

/** A way to a server on this machine, for tests of what happens to it. `see` gets all that it carries, in both directions. */
export async function layCable(port: number, see: (piece: Buffer) => void = () => {}): Promise<Cable> {
  const pairs = new Set<[Socket, Socket]>()
  let carried = 0
  let gate = Promise.resolve()
  let release = () => {}

  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    far.on('data', (piece) => {
      carried += piece.length
      see(piece as Buffer)
    })
    near.on('data', (piece) => see(piece as Buffer))
    near.pause()
    far.pause()
    void gate.then(() => {
      near.pipe(far)
      far.pipe(near)
    })
    const end = () => {
      near.destroy()
      far.destroy()
      pairs.delete(pair)
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    port: (server.address() as { port: number }).port,
    count: () => pairs.size,
    carried: () => carried,
    cut() {
      for (const [near, far] of pairs) {
        near.unpipe(far).resume()
        far.unpipe(near).resume()
      }
    },
    end() {
      for (const [near] of pairs) near.destroy()
    },
    hold() {
      ;({ promise: gate, resolve: release } = Promise.withResolvers<void>())
    },
    release: () => release(),
    async close() {
      for (const [near] of pairs) near.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
