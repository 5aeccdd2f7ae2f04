/** Messages of different lengths: one word, some lines, now and then a list. */
const text = (index: number) =>
  index % 10 === 0 ? `- ${index} one\n- two\n- three` : `${index} ${'as far as the light '.repeat(index % 7)}`

const atOnce = 500

/** Numbered messages from here to there into the general room, as fast as one socket takes them. Answers the seq of the last. */
export function fill(server: { url: string }, token: string, from: number, to: number): Promise<number> {
  const socket = new WebSocket(`${server.url.replace(/^http/, 'ws')}/ws`, {
    headers: { authorization: `Bearer ${token}` },
  } as never)
  let sent = from
  let stored = from
  const send = () => {
    for (const end = Math.min(sent + atOnce, to); sent < end; sent++)
      socket.send(JSON.stringify({ type: 'message.send', ref: sent, room: 'general', content: text(sent) }))
  }
  return new Promise((resolve, reject) => {
    socket.onclose = ({ code, reason }) => reject(new Error(`Closed with ${code} ${reason} after ${stored}`))
    socket.onmessage = ({ data: frame }) => {
      const { type, data } = JSON.parse(String(frame))
      if (type === 'hello') return send()
      if (type === 'error') return reject(new Error(String(frame)))
      if (type !== 'reply') return
      stored++
      if (stored === to) {
        resolve(data.seq)
        socket.close()
      } else if (stored === sent) send()
    }
  })
}
