import { useEffect, useState } from 'preact/hooks'
import type { InvitePreview } from '../../protocol/invites.ts'
import { roomOf } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { addressOf } from '../ground/route.ts'
import { useUntil } from '../ground/use-until.ts'
import { EmptyPane } from '../kit/empty-pane.tsx'
import { whenOf } from '../language/dates.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'

/** The page of an invite link: who invites you, and to which room. */
export function InvitePane({ code }: { code: string }) {
  const store = useStore()
  const [preview, setPreview] = useState<InvitePreview>()
  const [errorText, setErrorText] = useState<string>()
  const until = useUntil(preview?.expires_at)
  const online = store.state.value.status === 'online'
  const [entering] = useState(() => store.signIn.cameBy.value === code)
  const failed = (error: unknown) => setErrorText(sentenceFor(error, { not_found: say('invitation.over') }))

  useEffect(() => {
    if (!online || preview) return
    setErrorText(undefined)
    store.rooms.previewInvite(code).then(setPreview, failed)
  }, [store, code, online])

  const joined = preview !== undefined && roomOf(store.state.value, preview.room)?.role !== undefined
  useEffect(() => {
    if (!preview || store.signIn.cameBy.value !== code) return
    store.signIn.cameBy.value = undefined
    if (joined) store.go(addressOf(preview.room))
    else void store.rooms.acceptInvite(code).catch(failed)
  }, [store, code, preview, joined])

  if (errorText) return <EmptyPane title={say('invitation.none')}>{errorText}</EmptyPane>
  if (!preview) return <EmptyPane title={say('app.moment')}>{say('invitation.looking')}</EmptyPane>

  const { room, title, description, invited_by: host } = preview
  // Members can still open the room.
  if (!until && !joined) return <EmptyPane title={say('invitation.none')}>{say('invitation.over')}</EmptyPane>
  if (entering) return <EmptyPane title={say('app.moment')}>{say('invitation.looking')}</EmptyPane>
  const action = joined
    ? { name: say('invitation.open'), run: () => store.go(addressOf(room)) }
    : { name: say('invitation.join'), run: () => void store.rooms.acceptInvite(code).catch(failed) }
  return (
    <EmptyPane title={title} action={action}>
      <span class="invited">
        {say(joined ? 'invitation.member' : 'invitation.text', { name: `@${host}` })}
      </span>
      {description && (
        <span class="invited" dir="auto">
          {description}
        </span>
      )}
      {until && <span class="invited hint">{say('invitation.until', { at: whenOf(until) })}</span>}
    </EmptyPane>
  )
}
