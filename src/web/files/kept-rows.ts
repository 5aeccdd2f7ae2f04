import type { Attachment, Packed } from './attachment.ts'

/** How much this browser keeps for all people and tabs together. A file beyond that waits only while the page is open. */
const mostBytes = 100_000_000

export type Row = {
  readonly id: string
  readonly username: string
  /** The tab that sends it. */
  tab: string
  /** The place of a file in its message. The ids do not say it: those made within one millisecond have no order. */
  readonly order: number
  /** How many bytes the object store `bytes` has of this file. They are not in the row, so that a change of the row does not write them again. */
  bytes: number
  readonly file?: Omit<Attachment, 'local' | 'percent' | 'kept' | 'error' | 'stage'>
  readonly parcel?: Packed
}
export type Found = { readonly row: Row; readonly local?: Blob | undefined }

const resultOf = <Result>(request: IDBRequest<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

export function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open('parley', 1)
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('rows', { keyPath: 'id' })
    opening.result.createObjectStore('bytes')
  }
  return resultOf(opening)
}

/** Resolves when the browser has stored all of it. */
function inTransaction<Result>(
  db: IDBDatabase,
  act: (rows: IDBObjectStore, bytes: IDBObjectStore) => Promise<Result>,
): Promise<Result> {
  const transaction = db.transaction(['rows', 'bytes'], 'readwrite')
  return new Promise((resolve, reject) => {
    transaction.onabort = () => reject(transaction.error)
    const acted = act(transaction.objectStore('rows'), transaction.objectStore('bytes'))
    acted.catch(reject)
    transaction.oncomplete = () => acted.then(resolve, reject)
  })
}

export const putRow = (db: IDBDatabase, row: Row, local?: Blob): Promise<number> =>
  inTransaction(db, async (rows, bytes) => {
    const all: Row[] = await resultOf(rows.getAll())
    const used = all.reduce((sum, each) => sum + each.bytes, 0)
    const fits = local !== undefined && used + local.size <= mostBytes
    row.bytes = fits ? local.size : (all.find(({ id }) => id === row.id)?.bytes ?? 0)
    rows.put(row)
    if (fits) bytes.put(local, row.id)
    return row.bytes
  })

export const rowsOf = (db: IDBDatabase, username: string): Promise<Row[]> =>
  inTransaction(db, async (rows) =>
    ((await resultOf(rows.getAll())) as Row[]).filter((each) => each.username === username),
  )

export const takeRows = (db: IDBDatabase, username: string, from: string, to: string): Promise<Found[]> =>
  inTransaction(db, async (rows, bytes) => {
    const all: Row[] = await resultOf(rows.getAll())
    const taken = all
      .filter((each) => each.username === username && each.tab === from)
      .sort((a, b) => a.order - b.order)
    return Promise.all(
      taken.map(async (row) => {
        rows.put({ ...row, tab: to })
        return {
          row,
          local: row.bytes > 0 ? ((await resultOf(bytes.get(row.id))) as Blob | undefined) : undefined,
        }
      }),
    )
  })

export const remove = (db: IDBDatabase, ids: readonly string[]): Promise<void> =>
  inTransaction(db, async (rows, bytes) => {
    for (const id of ids) {
      rows.delete(id)
      bytes.delete(id)
    }
  })
