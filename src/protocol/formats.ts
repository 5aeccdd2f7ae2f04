import { FormatRegistry } from '@sinclair/typebox'
import { isEmail } from '../text/email.ts'
import { isInstant } from '../text/instant.ts'
import { lineProblem, type NameProblem, nameProblem, proseProblem } from '../text/names.ts'

/** What a `pattern` cannot say, because TypeBox compiles it without the `u` flag. */
const formats = { name: nameProblem, line: lineProblem, prose: proseProblem } satisfies Record<
  string,
  (text: string) => NameProblem | undefined
>

// TypeBox has one registry for the process. It only holds these constant functions.
for (const [format, problemOf] of Object.entries(formats))
  FormatRegistry.Set(format, (text) => problemOf(text) === undefined)
FormatRegistry.Set('idn-email', isEmail)
// Instead of the one of Elysia, which takes years that Postgres does not, and times that no clock shows.
FormatRegistry.Set('date-time', isInstant)

/** Why a text does not have this format; undefined for a format that does not say. */
export const formatProblem = (format: string, value: unknown): NameProblem | undefined =>
  Object.hasOwn(formats, format) && typeof value === 'string'
    ? formats[format as keyof typeof formats](value)
    : undefined
