import { useCallback, useState } from 'preact/hooks'
import type { File } from '../../protocol/files.ts'
import type { Message } from '../../protocol/messages.ts'
import { findSeq } from '../../sdk/by-seq.ts'
import { OpenViewer } from '../files/open-viewer.tsx'
import type { Viewed } from '../files/viewable.ts'
import type { Powers } from '../ground/powers.ts'
import { type LineActs, LineSheet } from './line-acts.tsx'
import { ReactorsSheet } from './reactors-sheet.tsx'
import { VersionsSheet } from './versions-sheet.tsx'

/** What the lines of a list open: what you can do with a message, who reacted to it, its earlier texts and its pictures. */
export function useLineSheets(messages: readonly Message[], powers: Powers) {
  const [inSheet, openSheet] = useState<Message>()
  const [reacted, reactors] = useState<Message>()
  const [changed, versions] = useState<Message>()
  const [viewed, setViewed] = useState<Viewed>()
  const view = useCallback((message: Message, file: File) => setViewed({ message, file }), [])
  const now = (message: Message) => findSeq(messages, message.seq) ?? message
  return {
    openSheet,
    reactors,
    versions,
    view,
    sheets: (acts: LineActs) => (
      <>
        {inSheet && (
          <LineSheet
            message={now(inSheet)}
            powers={powers}
            acts={acts}
            onClose={() => openSheet(undefined)}
          />
        )}
        {reacted && <ReactorsSheet message={now(reacted)} onClose={() => reactors(undefined)} />}
        {changed && <VersionsSheet message={now(changed)} onClose={() => versions(undefined)} />}
        {viewed && <OpenViewer messages={messages} viewed={viewed} onClose={() => setViewed(undefined)} />}
      </>
    ),
  }
}
