import { connect, createServer, type Socket } from 'node:net'

export type Link = {
  url: string
  /** What the person says still arrives, and what the server says is lost: an answer that nobody hears. Ends with `cut`. */
  mute(): void
  cut(): void
  mend(): void
  close(): void
}

/** A wire between one person and the server that can be cut: browsers only pretend to be offline for new requests. */
export async function startLink(serverUrl: string): Promise<Link> {
  const port = Number(new URL(serverUrl).port)
  const ends = new Set<Socket>()
  const answers = new Set<Socket>()
  let whole = true

  const listener = createServer((near) => {
    if (!whole) return near.destroy()
    const far = connect(port, '127.0.0.1')
    answers.add(far)
    far.on('close', () => answers.delete(far))
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end)
      end.on('error', () => end.destroy())
      end.on('close', () => {
        ends.delete(end)
        other.destroy()
      })
      end.pipe(other)
    }
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('The link has no port')

  const cut = () => {
    whole = false
    for (const end of [...ends]) end.destroy()
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    mute() {
      for (const far of answers) far.unpipe().resume()
    },
    cut,
    mend: () => {
      whole = true
    },
    close: () => {
      cut()
      listener.close()
    },
  }
}
