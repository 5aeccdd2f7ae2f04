import { computed } from '@preact/signals'
import { language } from './language.ts'

const megabytes = computed(
  () =>
    new Intl.NumberFormat(language.value, {
      ...{ style: 'unit', unit: 'megabyte' },
      ...{ minimumFractionDigits: 1, maximumFractionDigits: 1 },
    }),
)

/** The size of a file. */
export const amountOf = (bytes: number): string => megabytes.value.format(bytes / 1e6)
