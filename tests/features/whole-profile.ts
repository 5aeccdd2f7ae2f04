import type { ProfileChangeFields } from '../../src/protocol/profile.ts'
import type { ProfileChange } from '../../src/protocol/users.ts'

type Profile = Required<Pick<ProfileChange, keyof typeof ProfileChangeFields>>

/**
 * A profile with every field. The compiler asks for a new one here, and then the tests ask for it in what a person exports, in the
 * terminal, in a backup and in an erasure. `mark` is in everything that people write themselves.
 */
export const wholeProfile = (mark = 'here'): Profile => ({
  title: `Harbour master ${mark}`,
  pronouns: `she/her ${mark}`,
  time_zone: 'Asia/Tokyo',
  custom_status: { emoji: '⚓', text: `Out at sea ${mark}` },
})

/** What a reader has to see of it. */
export const textsOf = ({ custom_status, ...texts }: Profile): string[] =>
  Object.values({ ...texts, ...custom_status })
