import type { en } from './en.ts'

/** Chosen by the number `n`, in the categories of Intl.PluralRules. */
export type Plural = { [Form in Intl.LDMLPluralRule]?: string } & { other: string }

export type Word = keyof typeof en

/** A whole language: every text of `en.ts`, and a plural wherever that has one. */
export type Words = { readonly [Each in Word]: (typeof en)[Each] extends string ? string : Plural }
