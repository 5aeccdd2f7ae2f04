import { useEffect, useState } from 'preact/hooks'
import type { Invite, NewInvite } from '../../protocol/invites.ts'
import type { Room } from '../../protocol/rooms.ts'
import { useStore } from '../ground/context.ts'
import { powersIn } from '../ground/powers.ts'
import { inviteAddress } from '../ground/route.ts'
import { useCurrent } from '../ground/use-until.ts'
import { Form } from '../kit/form.tsx'
import { Secret } from '../kit/secret.tsx'
import { Select } from '../kit/select.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { whenOf } from '../language/dates.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'

const hour = 3600
const expiries = { hour, day: 24 * hour, week: 7 * 24 * hour, month: 30 * 24 * hour } as const
const uses = ['any', '1', '5', '25', '100'] as const

type Props = { room: Pick<Room, 'id' | 'title' | 'access' | 'archived' | 'role'>; onClose: () => void }

/** The invites of a room: create one, copy its link, revoke it. */
export function Invites({ room, onClose }: Props) {
  const store = useStore()
  const [loaded, setLoaded] = useState<readonly Invite[]>()
  const invites = useCurrent(loaded)
  const [created, setCreated] = useState<string>()
  const [errorText, setErrorText] = useState<string>()
  const { invite: mayInvite } = powersIn(room, store.state.value.me)
  const failed = (error: unknown) => setErrorText(sentenceFor(error))
  const load = () => store.rooms.invites(room.id).then(setLoaded, failed)
  useEffect(() => void load(), [room.id])

  const create = async (fields: FormData) => {
    const { code = '' } = await store.rooms.createInvite(room.id, newInviteOf(fields))
    setCreated(`${location.origin}${location.pathname}${inviteAddress(code)}`)
    await load()
  }
  const revoke = (invite: Invite) =>
    void store.rooms.revokeInvite(room.id, invite.id).catch(failed).then(load)

  return (
    <Sheet title={say('invites.title', { room: room.title })} onClose={onClose} wide>
      {created && <Secret label={say('invites.link')} text={created} note={say('invites.once')} />}
      {mayInvite && (
        <Form action={say('invites.create')} onSubmit={create}>
          {() => (
            <div class="pair">
              <Select
                name="expires"
                label={say('invites.expires')}
                value="week"
                options={(['hour', 'day', 'week', 'month'] as const).map((each) => [
                  each,
                  say(`invites.${each}`),
                ])}
              />
              <Select
                name="uses"
                label={say('invites.uses')}
                value="any"
                options={uses.map((each) => [each, each === 'any' ? say('invites.any') : each])}
              />
            </div>
          )}
        </Form>
      )}
      <section class="part">
        <h3>{say('invites.open')}</h3>
        {errorText && (
          <p class="notice bad" role="alert">
            {errorText}
          </p>
        )}
        {invites?.length === 0 && <p class="hint">{say('invites.none')}</p>}
        <ul class="entries">
          {invites?.map((invite) => (
            <Line key={invite.id} invite={invite} onRevoke={() => revoke(invite)} />
          ))}
        </ul>
      </section>
    </Sheet>
  )
}

function Line({ invite, onRevoke }: { invite: Invite; onRevoke: () => void }) {
  return (
    <li class="entry">
      <div class="what">
        <span dir="auto">{say('invites.by', { name: `@${invite.created_by}` })}</span>
        <span class="hint">
          {usesOf(invite)} · {say('invites.until', { at: whenOf(invite.expires_at) })}
        </span>
        {invite.creator_lost_right && (
          <span class="hint">{say('invites.stopped', { name: `@${invite.created_by}` })}</span>
        )}
      </div>
      <button type="button" class="quiet danger" onClick={onRevoke}>
        {say('invites.revoke')}
      </button>
    </li>
  )
}

const usesOf = ({ uses: n, max_uses: most }: Invite) =>
  most === undefined ? say('invites.used', { n }) : say('invites.usedOf', { n, most })

function newInviteOf(fields: FormData): NewInvite {
  const most = Number(fields.get('uses'))
  return {
    expires_in: expiries[fields.get('expires') as keyof typeof expiries],
    ...(most > 0 ? { max_uses: most } : {}),
  }
}
