import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseBlocks } from '../../src/web/text/markdown/blocks.ts'
import { safeHref } from '../../src/web/text/markdown/links.ts'
import { plainText } from '../../src/web/text/markdown/plain.ts'
import type { Block, Inline } from '../../src/web/text/markdown/syntax.ts'

/** Written short: `*` em, `**` strong, `~` strike, and so on. */
const brief = (part: Inline): unknown => {
  if (typeof part === 'string') return part
  if (part.kind === 'code') return { code: part.text }
  if (part.kind === 'mention') return { at: part.username }
  const children = part.children.map(brief)
  return part.kind === 'link' ? { to: part.href, children } : { [part.kind]: children }
}
const inline = (text: string) => {
  const [block, ...more] = parseBlocks(text)
  if (more.length > 0 || block?.kind !== 'paragraph') throw new Error('Not one paragraph')
  return block.children.map(brief)
}

describe('inside a line', () => {
  test.each([
    ['**bold** and *it* or _it_', [{ strong: ['bold'] }, ' and ', { em: ['it'] }, ' or ', { em: ['it'] }]],
    ['***both***', [{ strong: [{ em: ['both'] }] }]],
    ['**a *b* c**', [{ strong: ['a ', { em: ['b'] }, ' c'] }]],
    ['~~gone~~ ~not~', [{ strike: ['gone'] }, ' ~not~']],
    ['`a * b` and ``a`b``', [{ code: 'a * b' }, ' and ', { code: 'a`b' }]],
    ['2*3*4, snake_case_name, 5 * 6 * 7', ['2*3*4, snake_case_name, 5 * 6 * 7']],
    ['**never closed', ['**never closed']],
    ['a ** b ** c ****', ['a ** b ** c ****']],
    ['\\*stars\\* and \\\\', ['*stars* and \\']],
    ['中文**强调**中文', ['中文', { strong: ['强调'] }, '中文']],
    ['one\ntwo', ['one\ntwo']],
  ])('%s', (text, parts) => expect(inline(text)).toEqual(parts as unknown[]))

  test('a link has something to click on', () => {
    for (const nothing of [' ', '\u200b', '\u2800', '\u3164']) {
      const text = `[${nothing}](https://tides.example)`
      expect(JSON.stringify(inline(text))).not.toContain(JSON.stringify([nothing]))
    }
  })

  test('quotes and notifications show the real host of a link that deceives', () => {
    expect(plainText('See [https://good.example](https://evil.test), https://a@evil.test/')).toBe(
      'See https://good.example (evil.test), https://a@evil.test/ (evil.test)',
    )
  })

  test('links go to the shown address, and only to the web or to a mailbox', () => {
    expect(inline('[the *table*](https://tides.example/a_(b))')).toEqual([
      { to: 'https://tides.example/a_(b)', children: ['the ', { em: ['table'] }] },
    ])
    expect(inline('[mail](mailto:ben@example.org)')).toMatchObject([{ to: 'mailto:ben@example.org' }])
    const unsafe = [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      '//x',
      '/x',
    ]
    for (const href of [...unsafe, ' https://x', 'https://a b', 'https://', 'http:\\\\x', 'java\nscript:x'])
      expect(safeHref(href)).toBeUndefined()
    for (const href of unsafe) expect(inline(`[x](${href})`)).toEqual([`[x](${href})`])
  })

  test('bare addresses are links, without the sentence around them', () => {
    for (const [text, href] of [
      ['See https://tides.example/today.', 'https://tides.example/today'],
      ['(https://tides.example/a)', 'https://tides.example/a'],
      ['https://en.wikipedia.org/wiki/Tide_(sea),', 'https://en.wikipedia.org/wiki/Tide_(sea)'],
      ['**https://tides.example/a_b_c**', 'https://tides.example/a_b_c'],
      ['HTTPS://TIDES.EXAMPLE/', 'HTTPS://TIDES.EXAMPLE/'],
    ] as const)
      expect(JSON.stringify(inline(text))).toContain(`{"to":"${href}","children":["${href}"]}`)
    for (const text of ['xhttps://a.b', 'https://', 'http', 'oh, hi']) expect(inline(text)).toEqual([text])
  })

  test('mentions are the ones that the server recognises', () => {
    expect(inline('@ben. and (@Cleo_M-) but mail@ben or @x')).toEqual([
      { at: 'ben' },
      '. and (',
      { at: 'cleo_m' },
      '-) but mail@ben or @x',
    ])
    expect(inline('`@ben`')).toEqual([{ code: '@ben' }])
  })
})

describe('line by line', () => {
  const shape = (blocks: readonly Block[]): unknown[] =>
    blocks.map((block) => {
      if (block.kind === 'code') return { code: block.text, language: block.language }
      if (block.kind === 'quote') return { quote: shape(block.blocks) }
      if (block.kind === 'list') return { list: block.items.map(shape), start: block.start }
      return { [block.kind]: block.children.map(brief) }
    })

  test('paragraphs, headings, quotes, lists and code', () => {
    expect(shape(parseBlocks('# Tide\nIt turns\nat four.\n\nYes.'))).toEqual([
      { heading: ['Tide'] },
      { paragraph: ['It turns\nat four.'] },
      { paragraph: ['Yes.'] },
    ])
    expect(shape(parseBlocks('> said\n> > before\n\nanswer'))).toEqual([
      { quote: [{ paragraph: ['said'] }, { quote: [{ paragraph: ['before'] }] }] },
      { paragraph: ['answer'] },
    ])
    expect(shape(parseBlocks('- a\n  - b\n- c\n3. d\n4) e'))).toEqual([
      { list: [[{ paragraph: ['a'] }, { list: [[{ paragraph: ['b'] }]] }], [{ paragraph: ['c'] }]] },
      { list: [[{ paragraph: ['d'] }], [{ paragraph: ['e'] }]], start: 3 },
    ])
    expect(shape(parseBlocks('```ts\n  **a**\n\n```\nafter'))).toEqual([
      { code: '  **a**\n', language: 'ts' },
      { paragraph: ['after'] },
    ])
    expect(shape(parseBlocks('~~~\nnever closed\n```'))).toEqual([
      { code: 'never closed\n```', language: '' },
    ])
  })

  test('text that is no Markdown stays as it was written', () => {
    for (const text of ['-5 degrees', '#harbour', '1.5 knots', '<b>x</b> & <script>', '- ', '***', '|a|b|'])
      expect(inline(text)).toEqual([text])
  })
})

/** Every letter of the text that is no mark must be there again, and nothing may be there that was not. */
const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '')
const dialect = fc
  .array(
    fc.constantFrom(
      ...[
        '*',
        '**',
        '_',
        '__',
        '~~',
        '`',
        '``',
        '```',
        '[',
        ']',
        '(',
        ')',
        '](',
        '<',
        '>',
        '> ',
        '- ',
        '  ',
        '\n',
      ],
      ...['1. ', '# ', '\\', '@ada', 'https://a.b/c', 'a', 'b c', '|', '~~~', '\n\n', '!', 'é', '中', '😀'],
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''))

describe('any text', () => {
  test('no word is lost, doubled or moved', () => {
    fc.assert(
      fc.property(dialect, (text) => {
        // What follows an opening fence, and the number of a list, is tested elsewhere.
        fc.pre(!/(`{3}|~{3})/.test(text) && !/^[ >]*\d/m.test(text) && !/\d\. /.test(text))
        // A link tells its address, not its brackets.
        fc.pre(!text.includes('](http'))
        expect(letters(plainText(text))).toBe(letters(text))
      }),
      { numRuns: 2000 },
    )
  })

  test('8,000 characters of it are read at once', () => {
    const limitMs = 20
    const parts = [
      '*',
      '**',
      '_a*',
      '[',
      '[a](',
      '`a``b ',
      '> ',
      '- ',
      '  - ',
      'a**b*',
      '~~a ',
      '@abc',
      'https://',
    ]
    const hostile = [
      ...parts,
      '1. ',
      '# a\n',
      '```\n',
      '\\',
      '(',
      '![',
      '[](',
      '* a\n',
      '> a\n- b\n',
      '<a ',
      '&',
      'h',
    ]
    // What fails only at its end: the tildes alone once took hours, because three parts of one pattern could take them.
    const lateToFail: [string, string, string][] = [
      ['', '~', '`'],
      ['```', 'a', '`'],
      ['# a', ' ', 'b'],
      ['# a', ' #', 'b'],
      ['` ', 'a', '`'],
    ]
    const texts: [string, string][] = [
      ...hostile.map((part): [string, string] => [part, part.repeat(8000 / part.length)]),
      ...lateToFail.map(([first, part, last]): [string, string] => [
        first + part + last,
        first + part.repeat(7990 / part.length) + last,
      ]),
    ]
    parseBlocks('warm *up* [a](https://b) `c` @ada\n- d')
    for (const [part, text] of texts) {
      expect([part, isReadWithin(limitMs, text)]).toEqual([part, true])
    }
    fc.assert(
      fc.property(dialect, fc.string({ maxLength: 12 }), (written, more) => {
        const unit = `${written}${more}` || 'a'
        const text = unit.repeat(Math.ceil(8000 / unit.length)).slice(0, 8000)
        expect(isReadWithin(limitMs, text)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })
})

/** In one try of many: a collection of garbage, or who else uses the machine, is not the parser's time. */
function isReadWithin(limitMs: number, text: string): boolean {
  for (let turn = 0; turn < 30; turn += 1) {
    const before = process.cpuUsage()
    parseBlocks(text)
    const { user, system } = process.cpuUsage(before)
    if ((user + system) / 1000 < limitMs) return true
  }
  return false
}
