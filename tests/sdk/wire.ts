import { connect, createServer, type Socket } from 'node:net'

/** A wire to a server that can be cut: both ends are left with a dead connection, as when a process is killed. */
export async function layWire(portOf: () => number) {
  const ends = new Set<Socket>()
  const wire = createServer((near) => {
    const far = connect(portOf(), '127.0.0.1')
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end)
      end.on('data', (bytes) => other.write(bytes))
      end.on('error', () => undefined)
      end.on('close', () => {
        ends.delete(end)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve))
  const { port } = wire.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    cut(): number {
      const count = ends.size
      for (const end of [...ends]) end.destroy()
      return count / 2
    },
    stop: () => void wire.close(),
  }
}
