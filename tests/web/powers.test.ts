import { expect, test } from 'bun:test'
import type { User } from '../../src/protocol/users.ts'
import type { RoomMember } from '../../src/sdk/state.ts'
import { type Powers, powersIn, powersOver } from '../../src/web/ground/powers.ts'
import { expected, type Persona, type RoomKind, type RoomRule } from '../permissions/rules.ts'

type Role = RoomMember['role']

const inside: Persona[] = ['member', 'moderator', 'owner']
const kinds = ['open', 'closed', 'direct', 'admins', 'archived'] as const satisfies RoomKind[]

/** Each power of the page, and the rule that the server follows. */
const rules: Record<Exclude<keyof Powers, 'me'>, RoomRule> = {
  act: 'post',
  post: 'post',
  moderate: 'moderate',
  own: 'own',
  export: 'export',
  people: 'people',
  appoint: 'appoint',
  silence: 'keep',
  invite: 'invite',
  revoke: 'revoke',
  webhooks: 'revoke',
  leave: 'leave',
  report: 'read',
  keepUnread: 'read',
}

test('the page offers what the server grants, and nothing else', () => {
  for (const kind of kinds)
    for (const persona of inside) {
      // In a direct room everyone is a member; in the room for admins everyone is an admin.
      if (kind === 'direct' && persona !== 'member') continue
      const access = kind === 'archived' ? 'open' : kind
      const room = { access, archived: kind === 'archived', role: persona as 'member' } as const
      const powers = powersIn(room, {
        username: 'ben',
        roles: kind === 'admins' ? ['admin', 'user'] : ['user'],
      })
      for (const [power, rule] of Object.entries(rules) as [keyof typeof rules, RoomRule][]) {
        // The last owner learns only when they try that they must stay: another owner may have come meanwhile.
        const granted = ['ok', '409'].includes(expected(rule, kind, persona) ?? '')
        // Nobody can be invited there: what revoking answers does not matter.
        if (rule === 'revoke' && kind === 'admins') continue
        expect(`${kind} ${persona} ${power} ${powers[power]}`).toBe(`${kind} ${persona} ${power} ${granted}`)
      }
    }
})

test('moderators deal with members, owners and admins with everyone', () => {
  const over = (role: Role, mine: Role, roles: User['roles'] = ['user'], archived = false) =>
    powersOver(role, powersIn({ access: 'open', archived, role: mine }, { username: 'ben', roles }))
  const none = { remove: false, silence: false, appoint: false }
  expect(over('member', 'member')).toEqual(none)
  expect(over('member', 'moderator')).toEqual({ ...none, remove: true, silence: true })
  expect(over('moderator', 'moderator')).toEqual(none)
  const all = { remove: true, silence: true, appoint: true }
  expect(over('owner', 'owner')).toEqual(all)
  expect(over('owner', 'member', ['admin', 'user'])).toEqual(all)
  expect(over('member', 'owner', ['user'], true)).toEqual({ ...none, silence: true })
})

test('a silenced member may not act, write or moderate until the silence ends', () => {
  const powersUntil = (silenced_until: string) => {
    const room = { access: 'open', role: 'moderator', silenced_until } as const
    const { act, post, moderate } = powersIn(room, { username: 'ben', roles: ['user'] })
    return [act, post, moderate]
  }
  expect(powersUntil('9999-01-01T00:00:00Z')).toEqual([false, false, false])
  expect(powersUntil('2000-01-01T00:00:00Z')).toEqual([true, true, true])
})

test('where only moderators post, members still react', () => {
  const room = { access: 'open', posting: 'moderators' } as const
  const user = { username: 'ben', roles: ['user' as const] }
  expect(powersIn({ ...room, role: 'member' }, user)).toMatchObject({ act: true, post: false })
  expect(powersIn({ ...room, role: 'moderator' }, user)).toMatchObject({ act: true, post: true })
})
