import { useMemo } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { copy } from '../kit/clipboard.ts'
import { say } from '../language/say.ts'
import type { LineActs } from './line-acts.tsx'
import { placeOf } from './writing.ts'

type Ways = Pick<LineActs, 'jump' | 'openSheet' | 'reactors' | 'versions' | 'view'> & {
  /** The thread that the lines are in: there you write your replies and edits. */
  thread?: number
}

/** Returns the same object for the same room, so that message lines are not drawn again. */
export function useLineActs(
  room: string,
  { jump, openSheet, reactors, versions, view, thread }: Ways,
): LineActs {
  const store = useStore()
  return useMemo(() => {
    const place = placeOf(room, thread)
    const take = async (text: string, done: 'line.textCopied' | 'line.linkCopied') => {
      store.toast.value = say((await copy(text)) ? done : 'line.notCopied')
    }
    return {
      react: ({ seq }, emoji, on) => store.talk.react(room, seq, emoji, on),
      reply: (message) => store.talk.reply(message, place),
      edit: (message) => store.talk.edit(message, place),
      thread:
        thread === undefined
          ? ({ seq, thread_seq = seq }) => store.talk.showThread(room, thread_seq)
          : undefined,
      reactors,
      versions,
      async remove(message) {
        const sure = await store.ask({
          title: say('line.deleteAsked'),
          text: say('line.deleteText'),
          action: say('line.delete'),
        })
        if (sure) store.talk.remove(message)
      },
      removePreview: store.talk.removePreview,
      save: store.saved.save,
      isSaved: store.saved.has,
      pin: store.talk.pin,
      report: (message) => {
        store.reports.reporting.value = message
      },
      copyText: ({ content }) => void take(content, 'line.textCopied'),
      copyLink: (message) => void take(store.talk.linkTo(message), 'line.linkCopied'),
      keepUnread: store.talk.keepUnread,
      jump,
      openSheet,
      view,
    }
  }, [store, room, thread, jump, openSheet, reactors, versions, view])
}
