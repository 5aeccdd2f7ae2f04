import { useMemo } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import { useStore } from '../ground/context.ts'
import { copy } from '../kit/clipboard.ts'
import { say } from '../language/say.ts'
import type { LineActs } from './line-acts.tsx'

/** Returns the same object for the same room, so that message lines are not drawn again. */
export function useLineActs(
  room: string,
  jump: (seq: number) => void,
  openSheet: (message: Message) => void,
): LineActs {
  const store = useStore()
  return useMemo(() => {
    const take = async (text: string, done: 'line.textCopied' | 'line.linkCopied') => {
      store.toast.value = say((await copy(text)) ? done : 'line.notCopied')
    }
    return {
      react: ({ seq }, emoji, on) => store.talk.react(room, seq, emoji, on),
      reply: store.talk.reply,
      edit: store.talk.edit,
      async remove(message) {
        const sure = await store.ask({
          title: say('line.deleteAsked'),
          text: say('line.deleteText'),
          action: say('line.delete'),
        })
        if (sure) store.talk.remove(message)
      },
      pin: store.talk.pin,
      report: (message) => {
        store.reports.reporting.value = message
      },
      copyText: ({ content }) => void take(content, 'line.textCopied'),
      copyLink: (message) => void take(store.talk.linkTo(message), 'line.linkCopied'),
      jump,
      openSheet,
    }
  }, [store, room, jump, openSheet])
}
