import { expect, test } from 'bun:test'
import { powersIn, powersOver } from '../../src/web/ground/powers.ts'
import { expected, type Persona, type RoomKind, type RoomRule } from '../permissions/rules.ts'

const inside: Persona[] = ['member', 'moderator', 'owner']
const kinds = ['open', 'closed', 'direct', 'admins', 'archived'] as const satisfies RoomKind[]

/** Each power of the page beside the rule that the server is held to. */
const rules: Record<keyof ReturnType<typeof powersIn>, RoomRule> = {
  own: 'own',
  people: 'people',
  appoint: 'appoint',
  silence: 'keep',
  invite: 'invite',
  revoke: 'revoke',
  webhooks: 'revoke',
  leave: 'leave',
}

test('the page offers what the server grants, and nothing else', () => {
  for (const kind of kinds)
    for (const persona of inside) {
      // In a direct room everyone is a member; in the room for admins everyone is an admin.
      if (kind === 'direct' && persona !== 'member') continue
      const access = kind === 'archived' ? 'open' : kind
      const room = { access, archived: kind === 'archived', role: persona as 'member' } as const
      const powers = powersIn(room, { roles: kind === 'admins' ? ['admin', 'user'] : ['user'] })
      for (const [power, rule] of Object.entries(rules) as [keyof typeof rules, RoomRule][]) {
        // That the last owner stays is told when they try: another owner may have come meanwhile.
        const granted = ['ok', '409'].includes(expected(rule, kind, persona) ?? '')
        // Nobody can be invited there: what revoking answers does not matter.
        if (rule === 'revoke' && kind === 'admins') continue
        expect(`${kind} ${persona} ${power} ${powers[power]}`).toBe(`${kind} ${persona} ${power} ${granted}`)
      }
    }
})

test('moderators deal with members, owners and admins with everyone', () => {
  const open = { access: 'open', archived: false } as const
  const user = { roles: ['user' as const] }
  const none = { remove: false, silence: false, appoint: false }
  expect(powersOver('member', { ...open, role: 'member' }, user)).toEqual(none)
  expect(powersOver('member', { ...open, role: 'moderator' }, user)).toEqual({
    ...none,
    remove: true,
    silence: true,
  })
  expect(powersOver('moderator', { ...open, role: 'moderator' }, user)).toEqual(none)
  const all = { remove: true, silence: true, appoint: true }
  expect(powersOver('owner', { ...open, role: 'owner' }, user)).toEqual(all)
  expect(powersOver('owner', { ...open, role: 'member' }, { roles: ['admin', 'user'] })).toEqual(all)
  const archived = { ...open, archived: true, role: 'owner' } as const
  expect(powersOver('member', archived, user)).toEqual({ ...none, silence: true })
})
