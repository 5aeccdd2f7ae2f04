import type { Client } from '../sdk/client.ts'
import type { Message } from '../sdk/state.ts'

export type Folded = {
  /** Whether only a line stands for the message, because you have blocked its author. Another function after each change. */
  hides(): (message: Message) => boolean
  /** Shows one of them. */
  show(room: string, seq: number): void
  /** Gets the people you have blocked. Without them the chat works, and hides nothing. */
  load(): void
}

export function createFolded(client: Client, changed: () => void): Folded {
  let blocked: ReadonlySet<string> = new Set()
  let shown: ReadonlySet<string> = new Set()
  const hiding =
    () =>
    ({ author, room, seq }: Message): boolean =>
      blocked.has(author.username) && !shown.has(`${room} ${seq}`)
  let hides = hiding()
  const change = () => {
    hides = hiding()
    changed()
  }

  return {
    hides: () => hides,
    show(room, seq) {
      shown = new Set([...shown, `${room} ${seq}`])
      change()
    },
    load() {
      client.rest('GET /users/me/blocks').then(
        ({ items }) => {
          blocked = new Set(items.map(({ username }) => username))
          change()
        },
        () => {},
      )
    },
  }
}
