import type { Actor } from './cast.ts'

/** How many files and messages the browser keeps. */
const keptIn = ({ page }: Actor): Promise<{ rows: number; bytes: number }> =>
  page.evaluate(async () => {
    const resultOf = <Result>(request: IDBRequest<Result>) =>
      new Promise<Result>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const db = await resultOf(indexedDB.open('parley', 1))
    const reading = db.transaction(['rows', 'bytes'])
    const [rows, bytes] = await Promise.all([
      resultOf(reading.objectStore('rows').count()),
      resultOf(reading.objectStore('bytes').count()),
    ])
    db.close()
    return { rows, bytes }
  })

/** Resolves when the browser keeps this many. */
export const untilKept = async (actor: Actor, rows: number, bytes: number) => {
  for (;;) {
    const now = await keptIn(actor)
    if (now.rows === rows && now.bytes === bytes) return
    await actor.page.waitForTimeout(50)
  }
}
