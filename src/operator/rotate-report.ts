import { nameRooms, type Sealed } from '../features/log/sealed.ts'
import type { Tools } from '../scope.ts'
import type { Outcome } from './operation.ts'
import { plural } from './plural.ts'

/** Why no key can be removed: texts that do not open, and texts that arrived during the rotation under another key. */
export type Incomplete = { damaged: Sealed[]; came: number }

const mostShown = 20

const texts = (count: number): string => plural(count, 'text')

/** There is only one key, and everything is sealed with it. */
export function explainRotation(key: string): Outcome {
  return {
    lines: [
      `Everything is sealed with the key ${key}, the only one in ENCRYPTION_KEY. To change the key:`,
      '1. Make a key: parley keys new',
      '2. Put it before the current key, ENCRYPTION_KEY=<new>,<current>, and restart every node.',
      '3. Run parley keys rotate again. It says when you can remove the old key.',
    ],
    data: { key, resealed: 0, dropped: [], kept: [], damaged: [], came: 0 },
  }
}

type Rotated = { resealed: number; key: string; older: string[]; dropped: boolean }

export function describeRotated({ resealed, key, older, dropped }: Rotated): Outcome {
  const names = older.join(', ')
  const next = dropped
    ? `Removed from secrets.json, because nothing is sealed with it any more: ${names}`
    : `Nothing is sealed with ${names} any more. Once every node runs with ${key} as its first key, remove the old key from ENCRYPTION_KEY.`
  return {
    lines: [`Sealed ${texts(resealed)} again; everything is now sealed with the key ${key}.`, next],
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

/** The older keys, if any, stay: something is still sealed with them. */
export async function describeIncomplete(
  { sql, policy }: Tools,
  resealed: number,
  { damaged, came }: Incomplete,
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
      `Sealed ${texts(resealed)} again with the key ${current.id}. No key can be removed yet:`,
      ...(damaged.length === 0
        ? []
        : [`${texts(damaged.length)} cannot be opened and were not changed (room and seq):`]),
      ...shown,
      ...(damaged.length > shown.length ? [`  and ${damaged.length - shown.length} more`] : []),
      ...(damaged.length === 0
        ? []
        : ['Restore a backup or delete those messages, then run parley keys rotate again.']),
      ...(came === 0
        ? []
        : [
            `${texts(came)} arrived under another key: some node still runs with another first key. ` +
              `Restart every node with ${current.id} first, then run parley keys rotate again.`,
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
