import type { Message } from '../../protocol/messages.ts'

const text = (value: unknown): string => JSON.stringify(value, null, 2)

export async function* jsonFile(value: unknown): AsyncGenerator<string> {
  yield `${text(value)}\n`
}

type Lists = { [name: string]: AsyncIterable<readonly unknown[]> }

/** One JSON object: these fields, then lists that are written as they are read, one item on a line. */
export async function* jsonWithLists(fields: object, lists: Lists): AsyncGenerator<string> {
  let start = text(fields).slice(0, -2)
  for (const [name, pages] of Object.entries(lists)) {
    yield `${start},\n  ${JSON.stringify(name)}: [`
    let before = '\n    '
    for await (const page of pages) {
      const lines = page.map((item) => JSON.stringify(item)).join(',\n    ')
      if (page.length > 0) yield before + lines
      before = ',\n    '
    }
    start = '\n  ]'
  }
  yield `${start}\n}\n`
}

/** Who reacted is not in it, so neither is whether it was the person who exports a room. */
export const forAll = (message: Message): Message => ({
  ...message,
  reactions: message.reactions.map(({ emoji, count }) => ({ emoji, count })),
})
