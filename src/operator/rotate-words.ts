import { nameRooms, type Sealed } from '../features/log/sealed.ts'
import type { Tools } from '../scope.ts'
import { counted } from './counted.ts'
import type { Outcome } from './operation.ts'

/** Why no key can be dropped: what does not open, and how much came meanwhile under another key than the current one. */
export type Left = { damaged: Sealed[]; came: number }

const mostShown = 20

const texts = (count: number): string => counted(count, 'text')

/** The only key there is, and everything is sealed with it. */
export function sayWhatToDo(key: string): Outcome {
  return {
    lines: [
      `Everything is sealed with the key ${key}, the only one in ENCRYPTION_KEY. To change it:`,
      '1. Make a key: parley keys new',
      '2. Put it before the one in use, ENCRYPTION_KEY=<new>,<in use>, and start every node again.',
      '3. Run parley keys rotate again. It says when the old key can be dropped.',
    ],
    data: { key, resealed: 0, dropped: [], kept: [], damaged: [], came: 0 },
  }
}

type Rotated = { resealed: number; key: string; older: string[]; dropped: boolean }

export function sayRotated({ resealed, key, older, dropped }: Rotated): Outcome {
  const names = older.join(', ')
  const next = dropped
    ? `Dropped from secrets.json, for nothing is sealed with it any more: ${names}`
    : `Nothing is sealed any more with: ${names}. When every node runs with ${key} as its first key, take it out of ENCRYPTION_KEY.`
  return {
    lines: [`Sealed ${texts(resealed)} anew; everything is sealed with the key ${key}.`, next],
    data: {
      key,
      resealed,
      dropped: dropped ? older : [],
      kept: dropped ? [] : older,
      damaged: [],
      came: 0,
    },
  }
}

/** The older keys, where there are any, stay: something is still sealed with them. */
export async function sayLeft(
  { sql, policy }: Tools,
  resealed: number,
  { damaged, came }: Left,
): Promise<Outcome> {
  const { current, older } = policy.keyring
  const rooms = await nameRooms(
    sql,
    damaged.map(({ roomKey }) => roomKey),
  )
  const places = damaged.map(({ roomKey, seq, target }) => ({
    room: rooms.get(roomKey) ?? null,
    seq,
    ...(target === null ? {} : { edit_of: target }),
  }))
  const shown = places
    .slice(0, mostShown)
    .map(
      ({ room, seq, edit_of }) =>
        `  ${room ?? 'a deleted room'} ${seq}${edit_of ? `, an edit of ${edit_of}` : ''}`,
    )
  return {
    lines: [
      `Sealed ${texts(resealed)} anew with the key ${current.id}. No key can be dropped yet:`,
      ...(damaged.length === 0
        ? []
        : [`${texts(damaged.length)} cannot be opened, and were left as they are (room and seq):`]),
      ...shown,
      ...(damaged.length > shown.length ? [`  and ${damaged.length - shown.length} more`] : []),
      ...(damaged.length === 0
        ? []
        : ['Mend them from a backup or delete those messages, then run parley keys rotate again.']),
      ...(came === 0
        ? []
        : [
            `${texts(came)} came meanwhile under another key: some node still runs with another first key. ` +
              `Start every node again with ${current.id} first, then run parley keys rotate again.`,
          ]),
    ],
    data: {
      key: current.id,
      resealed,
      dropped: [],
      kept: older.map(({ id }) => id),
      damaged: places,
      came,
    },
  }
}
