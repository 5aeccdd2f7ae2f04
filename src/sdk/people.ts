import type { RoomMember } from './state.ts'

/** Usernames and members are sorted, so that events and fetched lists give equal states. */
const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

export const sortNames = (names: readonly string[]): readonly string[] => [...names].sort(byName)

export const withName = (names: readonly string[], name: string): readonly string[] =>
  names.includes(name) ? names : [...names, name].sort(byName)

export const withoutName = (names: readonly string[], name: string): readonly string[] =>
  names.includes(name) ? names.filter((other) => other !== name) : names

export const sortMembers = (members: readonly RoomMember[]): readonly RoomMember[] =>
  [...members].sort((a, b) => byName(a.username, b.username))

export function withMember(members: readonly RoomMember[], member: RoomMember): readonly RoomMember[] {
  const known = members.find((other) => other.username === member.username)
  return sortMembers([
    ...members.filter((other) => other !== known),
    { ...(known ?? {}), username: member.username, role: member.role },
  ])
}

export const withSilence = (members: readonly RoomMember[], username: string, until: string | undefined) =>
  members.map((member) => {
    if (member.username !== username) return member
    const { silenced_until: _, ...rest } = member
    return until === undefined ? rest : { ...rest, silenced_until: until }
  })
