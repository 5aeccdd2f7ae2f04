/** The lines of a stream, each as soon as it is complete. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let parts: string[] = []
  for await (const bytes of stream) {
    const pieces = decoder.decode(bytes, { stream: true }).split('\n')
    const last = pieces.pop()!
    for (const piece of pieces) {
      yield parts.join('') + piece
      parts = []
    }
    if (last !== '') parts.push(last)
  }
  if (parts.length > 0) yield parts.join('')
}

/** A helper ends with the process that started it, however that ends, because its input ends then. */
export async function whenInputEnds(): Promise<void> {
  for await (const _line of linesOf(Bun.stdin.stream()));
}
