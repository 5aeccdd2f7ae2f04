import type { File } from '../protocol/files.ts'

/** Keeps unsent messages over a reload: `localStorage`, or anything with the same methods. */
export type UnsentStorage = {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export type Unsent = {
  room: string
  client_id: string
  content: string
  reply_to?: number
  files?: readonly File[]
  at: string
}

export type UnsentStore = { keep(message: Unsent): void; remove(clientId: string): void; all(): Unsent[] }

/** One entry for each message, so that two tabs of a browser do not overwrite each other's. */
export function createUnsentStore(storage: UnsentStorage | undefined, username: string): UnsentStore {
  // No username contains a space, so that `ben` cannot send what `ben.c` wrote in the same browser.
  const prefix = `parley.unsent ${username} `
  const ignoringErrors = <Result>(act: () => Result): Result | undefined => {
    try {
      return act()
    } catch {
      // Storage may be full or forbidden. Sending works without it.
      return undefined
    }
  }
  const read = (key: string) =>
    ignoringErrors(() => JSON.parse(storage?.getItem(key) ?? 'null') as Unsent | null) ?? undefined

  return {
    keep: (message) =>
      void ignoringErrors(() => storage?.setItem(prefix + message.client_id, JSON.stringify(message))),
    remove: (clientId) => void ignoringErrors(() => storage?.removeItem(prefix + clientId)),
    all: () =>
      Array.from({ length: storage?.length ?? 0 }, (_, index) => storage?.key(index) ?? '')
        .filter((key) => key.startsWith(prefix))
        .flatMap((key) => read(key) ?? [])
        .sort((a, b) => (a.client_id < b.client_id ? -1 : 1)),
  }
}
