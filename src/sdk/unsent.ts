/** Where unsent messages outlive a reload: `localStorage`, or anything like it. */
export type Drafts = {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export type Draft = { room: string; client_id: string; content: string; reply_to?: number; at: string }

export type DraftBox = { keep(draft: Draft): void; forget(clientId: string): void; all(): Draft[] }

/** One entry a message, so that two pages of one browser do not overwrite each other's. */
export function createDraftBox(storage: Drafts | undefined, username: string): DraftBox {
  // A space is in no username: `ben` must not send what `ben.c` wrote in the same browser.
  const prefix = `parley.unsent ${username} `
  const quietly = <Result>(act: () => Result): Result | undefined => {
    try {
      return act()
    } catch {
      // Storage may be full or forbidden; sending works without it.
      return undefined
    }
  }
  const read = (key: string) =>
    quietly(() => JSON.parse(storage?.getItem(key) ?? 'null') as Draft | null) ?? undefined

  return {
    keep: (draft) => void quietly(() => storage?.setItem(prefix + draft.client_id, JSON.stringify(draft))),
    forget: (clientId) => void quietly(() => storage?.removeItem(prefix + clientId)),
    all: () =>
      Array.from({ length: storage?.length ?? 0 }, (_, index) => storage?.key(index) ?? '')
        .filter((key) => key.startsWith(prefix))
        .flatMap((key) => read(key) ?? [])
        .sort((a, b) => (a.client_id < b.client_id ? -1 : 1)),
  }
}
