import { signal } from '@preact/signals'
import type { Refusal } from '../../protocol/refusals.ts'
import type { later } from './translations/en-later.ts'
import type { Plural } from './translations/types.ts'

type Texts = { readonly [word: string]: string | Plural | undefined }

/** Empty until they are loaded: then a refusal has the text of its code. */
export const refusalRows = signal<{ readonly [reason: string]: Refusal | undefined }>({})
const texts = signal<Texts>({})

const againMs = 5000

/** The English texts that nobody needs before the page is there. Without a connection it tries again. */
export async function loadLaterTexts(): Promise<void> {
  try {
    const [{ refusals }, found] = await Promise.all([
      import('../../protocol/refusals.ts'),
      import('./translations/en-later.ts') as Promise<{ later: typeof later }>,
    ])
    refusalRows.value = refusals
    texts.value = found.later
  } catch {
    setTimeout(() => void loadLaterTexts(), againMs)
  }
}

const refusal = 'refusal.'

/** The server says its refusals in English already. */
export const laterText = (word: string): string | Plural | undefined =>
  word.startsWith(refusal) ? refusalRows.value[word.slice(refusal.length)]?.message : texts.value[word]
