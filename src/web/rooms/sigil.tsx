import type { Room } from '../../protocol/rooms.ts'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'

/** What kind of room it is, before its title; said in words to those who do not see it. */
export function Sigil({ access }: { access: Room['access'] }) {
  return (
    <span class="sigil">
      {access === 'open' && <span aria-hidden="true">#</span>}
      {access === 'closed' && <Icon of="lock" />}
      {access === 'admins' && <Icon of="shield" />}
      {access === 'direct' && <span aria-hidden="true">@</span>}
      {access !== 'open' && <span class="unseen">{say(`access.${access}`)} </span>}
    </span>
  )
}
