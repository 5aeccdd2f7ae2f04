import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import { findSeq } from '../../sdk/by-seq.ts'
import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { addressOf } from '../ground/route.ts'
import { More } from '../kit/show-more.tsx'
import { clockOf, momentOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { isBlocked } from '../people/people.ts'
import { FileCard } from './card.tsx'
import { isPicture } from './kinds.ts'
import { OpenViewer } from './open-viewer.tsx'
import { Photo } from './photo.tsx'
import type { Viewed } from './viewable.ts'

/** In CSS pixels: a third of the panel. */
const squarePx = 90

/** The files and pictures of a room, the newest first. */
export function RoomFiles({ room, tabs }: { room: RoomState; tabs: ComponentChildren }) {
  const store = useStore()
  const { files, state } = store
  const { blocked } = state.value
  const [viewed, setViewed] = useState<Viewed>()
  const pages = files.found.value
  const why = files.notFound.value
  useEffect(() => files.list(room.id), [files, room.id])

  const messages = useMemo(
    () => withFiles(pages?.items ?? [], room.messages, (name) => isBlocked(blocked, name)),
    [pages?.items, room.messages, blocked],
  )
  const pictures = messages.flatMap((message) =>
    message.files!.filter(isPicture).map((file) => ({ message, file })),
  )
  const others = messages.flatMap((message) =>
    message.files!.filter((file) => !isPicture(file)).map((file) => ({ message, file })),
  )
  // The viewer goes from old to new, as in the talk.
  const oldFirst = useMemo(() => messages.toReversed(), [messages])

  return (
    <aside class="people room-files" id="people" aria-label={say('files.title')}>
      {tabs}
      {!pages && !why && messages.length === 0 && <p class="hint">{say('app.moment')}</p>}
      {why && (
        <p class="hint" role="alert">
          {why}
        </p>
      )}
      {pages?.items && messages.length === 0 && !pages.more && <p class="hint">{say('files.none')}</p>}
      {pictures.length > 0 && (
        <section>
          <h3>{say('files.allPictures')}</h3>
          <ul class="photos by-3">
            {pictures.map(({ message, file }) => (
              <li key={file.id}>
                <Photo file={file} square={squarePx} tab={0} onOpen={() => setViewed({ message, file })} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {others.length > 0 && (
        <section>
          <h3>{say('files.others')}</h3>
          <ul class="file-list">
            {others.map(({ message, file }) => (
              <li key={file.id}>
                <FileCard file={file} />
                <a
                  class="hint"
                  href={addressOf(message.room, message.seq)}
                  title={momentOf(message.created_at)}
                >
                  <span class="unseen">{say('viewer.go')}, </span>
                  <bdi>{message.author.display_name}</bdi> · {clockOf(message.created_at)}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      <More pages={pages} onMore={files.more} />
      {viewed && <OpenViewer messages={oldFirst} viewed={viewed} onClose={() => setViewed(undefined)} />}
    </aside>
  )
}

/** What was found, and what has arrived since: the index is filled in behind the log. What is deleted is in neither. */
function withFiles(
  found: readonly Message[],
  loaded: readonly Message[],
  hides: (username: string) => boolean,
): readonly Message[] {
  const known = new Map(found.map((message) => [message.seq, findSeq(loaded, message.seq) ?? message]))
  for (const message of loaded) known.set(message.seq, message)
  return [...known.values()]
    .filter(({ files, deleted_at, author }) => files?.length && !deleted_at && !hides(author.username))
    .sort((a, b) => b.seq - a.seq)
}
