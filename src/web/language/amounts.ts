import { computed } from '@preact/signals'
import { language } from './language.ts'

const megabytes = computed(
  () =>
    new Intl.NumberFormat(language.value, {
      ...{ style: 'unit', unit: 'megabyte' },
      ...{ minimumFractionDigits: 1, maximumFractionDigits: 1 },
    }),
)

/** How much of an export is there: always in the same unit, because it grows. */
export const amountOf = (bytes: number): string => megabytes.value.format(bytes / 1e6)

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
const formats = computed(() =>
  units.map(
    (unit) =>
      new Intl.NumberFormat(language.value, {
        ...{ style: 'unit', unit, unitDisplay: unit === 'byte' ? 'long' : 'short' },
        maximumSignificantDigits: 3,
      }),
  ),
)

/** The size of a file, in the unit in which it has few digits. */
export function sizeOf(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return formats.value[power]!.format(bytes / 1000 ** power)
}
