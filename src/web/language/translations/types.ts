import type { en, LaterWord } from './en.ts'

/** The forms of a text, by the category that Intl.PluralRules gives the number `n`. */
export type Plural = { [Form in Intl.LDMLPluralRule]?: string } & { other: string }

type OwnWord = keyof typeof en

export type Word = OwnWord | LaterWord

/** The translations of a language: a text for every key of `en.ts`, with plural forms wherever `en.ts` has them. */
export type Words = { readonly [Each in OwnWord]: (typeof en)[Each] extends string ? string : Plural } & {
  readonly [Each in LaterWord]?: string | Plural
}
