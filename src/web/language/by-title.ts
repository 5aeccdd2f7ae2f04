import { computed } from '@preact/signals'
import { language } from './language.ts'

const collator = computed(() => new Intl.Collator(language.value))

type Titled = { title: string; id: string }

/** As the language of the page sorts. */
export const byTitle = (a: Titled, b: Titled): number =>
  collator.value.compare(a.title, b.title) || (a.id < b.id ? -1 : 1)
