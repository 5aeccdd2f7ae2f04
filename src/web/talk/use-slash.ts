import type { RoomState } from '../../sdk/state.ts'
import { endIn, statusIn } from '../../text/typed-status.ts'
import { useStore } from '../ground/context.ts'
import type { Powers } from '../ground/powers.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { leave } from '../rooms/leave-room.ts'
import { withEmoji } from '../text/emoji/emoji.ts'
import { type SlashName, slashes, typedIn, usageOf, wordsOf } from './slash.ts'

/** What a text is sent as; undefined if a command has done it, or it has been said why not. `done` is called when the text is of no more use. */
export function useSlash(room: RoomState, powers: Powers) {
  const store = useStore()

  const attempt = (act: Promise<unknown>, done: () => void): void =>
    void act.then(done, (error: unknown) => {
      store.toast.value = sentenceFor(error)
    })

  const acts: Record<Exclude<SlashName, 'me' | 'shrug'>, (rest: string, done: () => void) => void> = {
    msg: (rest, done) => attempt(store.people.openDirect([nameIn(rest)]), done),
    search(rest, done) {
      store.search.asked.value = { text: rest }
      store.search.run()
      store.overlay.value = 'search'
      done()
    },
    status(rest, done) {
      if (rest === '') {
        store.overlay.value = 'status'
        return done()
      }
      const custom_status = rest === 'off' ? {} : statusIn(withEmoji(rest), new Date())
      if (!custom_status) return refuse('status')
      attempt(
        store.account.changeProfile({ custom_status }).then(() => {
          store.toast.value = say('act.saved')
        }),
        done,
      )
    },
    mute(rest, done) {
      const until = endIn(rest, new Date())
      if (until) store.rooms.mute(room.id, until)
      else if (rest === '') store.rooms.notify(room.id, 'nothing')
      else if (rest === 'off') {
        store.rooms.mute(room.id)
        if (room.notify === 'nothing') store.rooms.notify(room.id, 'all')
      } else return refuse('mute')
      store.toast.value = say(rest === 'off' ? 'slash.unmuted' : 'slash.muted', { room: room.title })
      done()
    },
    invite: (rest, done) =>
      attempt(
        store.members.add(room.id, nameIn(rest)).then(() => {
          store.toast.value = say('slash.invited', { name: `@${nameIn(rest)}` })
        }),
        done,
      ),
    topic: (rest, done) => attempt(store.rooms.change(room.id, { description: rest }), done),
    leave(_, done) {
      done()
      void leave(store, room)
    },
  }

  function refuse(command: SlashName): void {
    store.toast.value = say('slash.usage', { usage: usageOf(command) })
  }

  return (text: string, done: () => void): string | undefined => {
    const typed = typedIn(text)
    if ('words' in typed) return typed.words
    if ('unknown' in typed) {
      store.toast.value = say('slash.unknown', { name: typed.unknown })
      return undefined
    }
    const { command, rest } = typed
    if (!slashes[command].may(powers)) store.toast.value = say('slash.forbidden', { name: `/${command}` })
    else if (slashes[command].needs && rest === '') refuse(command)
    else if (command === 'me' || command === 'shrug') return wordsOf(command, rest)
    else acts[command](rest, done)
    return undefined
  }
}

const nameIn = (rest: string): string => (rest.split(/\s/)[0] ?? '').replace(/^@/, '').toLowerCase()
