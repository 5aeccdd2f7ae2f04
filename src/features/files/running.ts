import { ChatError } from '../../protocol/errors.ts'
import { perServer, type Scope } from '../../scope.ts'

type Running = { all: number; byUser: Map<string, number> }

const none = (): Running => ({ all: 0, byUser: new Map() })

const uploads = perServer(none)
const downloads = perServer(none)

/** Each takes some memory and a file. What the function returns is to be called at the end, once. */
export function countUpload(scope: Scope, payer: string): () => void {
  const mostOfOne = 32
  return count(payer, uploads(scope), { mostOfOne, mostOfAll: 256 }, () => {
    throw new ChatError('too_many_uploads', { most: mostOfOne }, { retryAfterMs: 1000 })
  })
}

/** More than a page loads at once. A client that does not read what it asked for costs this process about 1 MB for each. */
export function countDownload(scope: Scope): () => void {
  return count(scope.actor.id, downloads(scope), { mostOfOne: 64, mostOfAll: 1024 }, () => {
    throw new ChatError('too_many_reads', { retryAfterMs: 1000 })
  })
}

type Most = { mostOfOne: number; mostOfAll: number }

function count(user: string, running: Running, { mostOfOne, mostOfAll }: Most, refuse: () => never) {
  const own = running.byUser.get(user) ?? 0
  if (own >= mostOfOne) refuse()
  if (running.all >= mostOfAll) throw new ChatError('server_busy', { retryAfterMs: 1000 })
  running.all++
  running.byUser.set(user, own + 1)
  return () => {
    running.all--
    const left = running.byUser.get(user)! - 1
    if (left > 0) running.byUser.set(user, left)
    else running.byUser.delete(user)
  }
}
