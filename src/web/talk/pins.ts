import { signal } from '@preact/signals'
import type { Message } from '../../protocol/messages.ts'
import type { Client } from '../../sdk/client.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { createNewest } from '../ground/newest.ts'

/** The pinned messages of rooms whose list was opened. They are loaded again whenever they may have changed. */
export function collectPins({ client, attempt, quietly }: Pick<ActTools, 'client' | 'attempt' | 'quietly'>) {
  const pins = signal<ReadonlyMap<string, readonly Message[]>>(new Map())

  const newest = new Map<string, ReturnType<typeof createNewest>>()

  const load = (room: string) => {
    const newestOfRoom = newest.get(room) ?? createNewest(client)
    newest.set(room, newestOfRoom)
    return newestOfRoom(
      (mine) => mine.rest('GET /rooms/:room/pins', { params: { room }, query: { limit: 100 } }),
      ({ items }) => {
        pins.value = new Map(pins.value).set(room, items.toReversed())
      },
    )
  }
  const again = (room: string) => {
    if (pins.value.has(room)) quietly(load(room))
  }
  const collect = (mine: Client) => {
    pins.value = new Map()
    mine.on('pin.added', ({ room }) => again(room))
    mine.on('pin.removed', ({ room }) => again(room))
    mine.on('room.reset', ({ room }) => again(room))
    for (const type of ['message.edited', 'message.deleted'] as const)
      mine.on(type, ({ room, message }) => {
        if (pins.value.get(room)?.some(({ seq }) => seq === message.seq)) again(room)
      })
  }
  return { pins, collect, loadPins: (room: string) => attempt(load(room)) }
}
