import { expect, test } from 'bun:test'
import { parseBlocks } from '../../../src/text/markdown/blocks.ts'
import { newReading } from '../../../src/text/markdown/reading.ts'
import { type Example, examples } from './examples.ts'
import { htmlOf } from './html.ts'
import { leftOut } from './left-out.ts'

/** The examples link to `/url` and write what a browser does not read as it is as a percent-encoding. */
const hrefOf = (address: string) =>
  address.replace(/[\s<>"\\`[\]{}|^]|[^!-~]|%(?![0-9a-f]{2})/giu, (sign) => encodeURIComponent(sign))

const read = ({ markdown }: Example) =>
  withoutIndents(htmlOf(parseBlocks(markdown.replace(/\n$/, ''), { ...newReading(), hrefOf })))

/** Here a line break is a line break, a line of a paragraph keeps its indentation, and an image is a link. */
const expected = ({ html }: Example) =>
  withoutIndents(html.replaceAll('<br />', '').replace(image, '<a href="$1"$3>$2</a>'))

const image = /<img src="([^"]*)" alt="([^"]*)"( title="[^"]*")? \/>/g
const withoutIndents = (html: string) =>
  html.replace(/^(<li>|<p>)?[ \t]+/gm, '$1').replace(/[ \t]+(?=\n|<\/p>)/g, '')

const isLeftOut = new Set(Object.values(leftOut).flat())

test('there are the examples of CommonMark 0.31 and of what GFM adds', () => {
  expect(examples.filter(({ name }) => !name.startsWith('gfm'))).toHaveLength(652)
  expect(examples.filter(({ name }) => name.startsWith('gfm'))).toHaveLength(28)
  const names = new Set(examples.map(({ name }) => name))
  expect([...isLeftOut].filter((name) => !names.has(name))).toEqual([])
})

test.each(
  examples.filter(({ name }) => !isLeftOut.has(name)).map((each) => [each.name, each.section, each] as const),
)('example %s: %s', (_, __, example) => expect(read(example)).toBe(expected(example)))

test('what is left out is not left out by mistake', () => {
  const shown = examples.filter((each) => isLeftOut.has(each.name) && read(each) === expected(each))
  expect(shown.map(({ name }) => name)).toEqual([])
})
