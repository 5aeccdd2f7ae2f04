// Longer than 300 lines: one table of what is written and what is shown.
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { safeHref } from '../../src/text/markdown/addresses.ts'
import { parseBlocks } from '../../src/text/markdown/blocks.ts'
import { mentionsIn } from '../../src/text/markdown/parse.ts'
import { plainText } from '../../src/text/markdown/plain.ts'
import { printedText } from '../../src/text/markdown/printed.ts'
import type { Block, Inline, Item } from '../../src/text/markdown/syntax.ts'

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
    ['***both***', [{ em: [{ strong: ['both'] }] }]],
    ['**a *b* c**', [{ strong: ['a ', { em: ['b'] }, ' c'] }]],
    ['~~gone~~ ~not~', [{ strike: ['gone'] }, ' ~not~']],
    ['the butler ||**did** it||', ['the butler ', { spoiler: [{ strong: ['did'] }, ' it'] }]],
    ['a || b || c, |d| and ||||', ['a || b || c, |d| and ||||']],
    ['`a * b` and ``a`b``', [{ code: 'a * b' }, ' and ', { code: 'a`b' }]],
    ['2 * 3 * 4, snake_case_name, 3~5 or 7~9', ['2 * 3 * 4, snake_case_name, 3~5 or 7~9']],
    // CommonMark alone would leave these stars: a stop or a letter of Chinese stands where it wants a space.
    ['他说**“好。”**然后走', ['他说', { strong: ['“好。”'] }, '然后走']],
    ['请看**《潮汐》**吧', ['请看', { strong: ['《潮汐》'] }, '吧']],
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

  const linked = (text: string) =>
    [...JSON.stringify(inline(text)).matchAll(/"to":"(.*?)"/g)].map(([, to]) => to)

  test('bare addresses are links, without the sentence around them, in every script', () => {
    for (const [text, ...hrefs] of [
      ['See https://tides.example/today.', 'https://tides.example/today'],
      ['(https://tides.example/a)', 'https://tides.example/a'],
      ['https://en.wikipedia.org/wiki/Tide_(sea),', 'https://en.wikipedia.org/wiki/Tide_(sea)'],
      ['**https://tides.example/a_b_c**', 'https://tides.example/a_b_c'],
      ['_https://tides.example/_', 'https://tides.example/'],
      ['HTTPS://TIDES.EXAMPLE/', 'HTTPS://TIDES.EXAMPLE/'],
      ["https://en.wikipedia.org/wiki/Devil's_advocate", "https://en.wikipedia.org/wiki/Devil's_advocate"],
      ["'https://tides.example/a'", 'https://tides.example/a'],
      ['https://tides.example/?q=(a,b)&c=[1]!', 'https://tides.example/?q=(a,b)&c=[1]'],
      ['https://tides.example/a)b', 'https://tides.example/a'],
      ['http://[::1]:8000/x]', 'http://[::1]:8000/x'],
      ['见 https://tides.example/docs，谢谢', 'https://tides.example/docs'],
      ['见https://tides.example', 'https://tides.example'],
      ['看https://tides.example。', 'https://tides.example'],
      ['「https://tides.example/foo」です', 'https://tides.example/foo'],
      ['“https://tides.example/a”', 'https://tides.example/a'],
      ['« https://tides.example/l’eau »', 'https://tides.example/l’eau'],
      ['https://tides.example/a（中文说明）', 'https://tides.example/a'],
      [
        'https://tides.example/a、https://tides.example/b',
        'https://tides.example/a',
        'https://tides.example/b',
      ],
      ['انظر https://tides.example/a،', 'https://tides.example/a'],
      ['https://tides.example/a؟', 'https://tides.example/a'],
      ['देखें https://tides.example/a।', 'https://tides.example/a'],
      ['https://zh.wikipedia.org/wiki/北京', 'https://zh.wikipedia.org/wiki/北京'],
      ['https://пример.рф/путь.', 'https://пример.рф/путь'],
      ['www.tides.example/a.', 'http://www.tides.example/a'],
      ['Ask ben@tides.example.', 'mailto:ben@tides.example'],
      ['邮箱ben@tides.example。', 'mailto:ben@tides.example'],
      [
        '<ben@tides.example> <https://tides.example/(a>',
        'mailto:ben@tides.example',
        'https://tides.example/(a',
      ],
    ] as const)
      expect([text, ...linked(text)]).toEqual([text, ...hrefs])
    for (const text of [
      ...['xhttps://a.b', 'https://', 'http', 'oh, hi', 'wwww.a.b', 'www.', 'жhttps://a.b', 'a.www.b.c'],
      ...['почта@tides.example', '@ben@tides.example', 'git@tides.example:ben/a.git', 'x@localhost'],
      ...['ssh://git@tides.example/a', 'ben@tides.exampleя', 'xmpp:ben@tides.example'],
    ])
      expect([text, ...linked(text)]).toEqual([text])
  })

  test('the address of a link may be written as CommonMark has it', () => {
    for (const [text, to, title] of [
      ['[a](https://tides.example "High tide")', 'https://tides.example', 'High tide'],
      ['[a]( https://tides.example )', 'https://tides.example'],
      ['[a](<https://tides.example/x y>)', 'https://tides.example/x%20y'],
      ['![a](https://tides.example/a.png)', 'https://tides.example/a.png'],
    ] as const) {
      const [block] = parseBlocks(text)
      expect(block).toEqual({
        kind: 'paragraph',
        children: [{ kind: 'link', href: to, ...(title ? { title } : {}), children: ['a'] }],
      })
    }
  })

  test('mentions are names that stand alone', () => {
    const named = (text: string) => [...mentionsIn(text).names]
    for (const [text, ...names] of [
      [
        '@ben. and (@Cleo_M-) or *@dan*, **@eve**, _@fay_',
        'ben',
        'cleo_m',
        'dan',
        'eve',
        'fay',
        'ben.',
        'cleo_m-',
      ],
      ['你好@ben，再见。＠cleo！', 'ben', 'cleo'],
      ["@ben's boat, @cleo/@dan", 'ben', 'cleo', 'dan'],
      ['| @ben |\n> @cleo\n- @dan\n# @eve', 'ben', 'cleo', 'dan', 'eve'],
      ['[a boat of @ben](https://tides.example)', 'ben'],
    ] as const)
      expect([text, ...named(text)]).toEqual([text, ...names])
    for (const text of [
      ...['mail@ben', '@x', '@@ben', '@ben@social.example', 'x@ben.example', 'почта@example.org', 'öl@ben'],
      ...[
        '`@ben`',
        '```\n@ben\n```',
        '~~~\n@ben',
        '\\@ben',
        '[a](https://tides.example/@ben)',
        '@benö',
        '@bеn',
      ],
      ...['https://tides.example/@ben', 'https://tides.example?q=@ben', '<https://tides.example/@ben>'],
      ...['www.tides.example/@ben', 'tides.example/@ben', 'tides.example?q=@ben', '@ben/tides', 'a_@ben'],
      ...['[a](https://tides.example "@ben")', `@${'a'.repeat(33)}`, 'mailto:ben@tides.example'],
    ])
      expect([text, ...named(text)]).toEqual([text])
  })

  test('a name that ends in a dot, as names from before 0.2 may, is shown to its owner', () => {
    expect(parseBlocks('@ben.')).toEqual([
      {
        kind: 'paragraph',
        children: [{ kind: 'mention', username: 'ben', longer: 'ben.', text: '@ben' }, '.'],
      },
    ])
  })

  test('of many names, the first twenty are mentions', () => {
    const text = Array.from({ length: 21 }, (_, n) => `@name${n}`).join(' ')
    const { names, hasMore } = mentionsIn(`${text} @name3`)
    expect([names.size, names.has('name19'), names.has('name20'), hasMore]).toEqual([20, true, false, true])
    expect(mentionsIn('@name1 @name2').hasMore).toBe(false)
    expect(JSON.stringify(parseBlocks(text))).toContain(' @name20"')
  })
})

describe('line by line', () => {
  const items = (items: readonly Item[]): unknown[] =>
    items.map(({ isDone, blocks }) => (isDone === undefined ? shape(blocks) : [isDone, ...shape(blocks)]))
  const shape = (blocks: readonly Block[]): unknown[] =>
    blocks.map((block) => {
      if (block.kind === 'code') return { code: block.text, language: block.language }
      if (block.kind === 'quote') return { quote: shape(block.blocks) }
      if (block.kind === 'rule') return 'rule'
      if (block.kind === 'list') return { list: items(block.items), start: block.start }
      if (block.kind === 'table') return { head: block.head, rows: block.rows, aligns: block.aligns }
      return { [block.kind]: block.children.map(brief) }
    })
  const said = (text: string) => ({ paragraph: [text] })

  test('paragraphs, headings, quotes, lists and code', () => {
    expect(shape(parseBlocks('# Tide\nIt turns\nat four.\n\nYes.'))).toEqual([
      { heading: ['Tide'] },
      said('It turns\nat four.'),
      said('Yes.'),
    ])
    expect(shape(parseBlocks('> said\n> > before\n\nanswer'))).toEqual([
      { quote: [said('said'), { quote: [said('before')] }] },
      said('answer'),
    ])
    expect(shape(parseBlocks('- a\n  - b\n- c\n3. d\n4) e'))).toEqual([
      { list: [[said('a'), { list: [[said('b')]] }], [said('c')]] },
      { list: [[said('d')]], start: 3 },
      { list: [[said('e')]], start: 4 },
    ])
    expect(shape(parseBlocks('```ts\n  **a**\n\n```\nafter'))).toEqual([
      { code: '  **a**\n', language: 'ts' },
      said('after'),
    ])
    expect(shape(parseBlocks('~~~\nnever closed\n```'))).toEqual([
      { code: 'never closed\n```', language: '' },
    ])
  })

  /** Seen before: of what is indented, two spaces were taken, so the second of these was below the first. */
  test('items whose marks stand in one column are siblings', () => {
    const below = { list: [[said('bar')], [said('baz')], [said('qux')]] }
    expect(shape(parseBlocks('- foo\n    - bar\n    - baz\n    - qux'))).toEqual([
      { list: [[said('foo'), below]] },
    ])
    expect(shape(parseBlocks('  - bar\n  - baz\n  - qux'))).toEqual([below])
    expect(shape(parseBlocks('1. a\n    1. b\n    2. c'))).toEqual([
      { list: [[said('a'), { list: [[said('b')], [said('c')]], start: 1 }]], start: 1 },
    ])
    expect(shape(parseBlocks('1. a\n\n1. b'))).toEqual([{ list: [[said('a')], [said('b')]], start: 1 }])
  })

  test('an answer right below a quote or a list is not in it', () => {
    expect(shape(parseBlocks('> said\nanswer'))).toEqual([{ quote: [said('said')] }, said('answer')])
    expect(shape(parseBlocks('- a\nanswer'))).toEqual([{ list: [[said('a')]] }, said('answer')])
    expect(shape(parseBlocks('1. a\n  more'))).toEqual([{ list: [[said('a\nmore')]], start: 1 }])
  })

  /** Seen before: the code broke off at its blank line, and the fence at its end swallowed the next item. */
  test('code in an item keeps its blank lines, and the indentation is that of the item', () => {
    expect(shape(parseBlocks('1. Run:\n   ```python\n   def a():\n\n       pass\n   ```\n2. Done.'))).toEqual(
      [
        {
          list: [[said('Run:'), { code: 'def a():\n\n    pass', language: 'python' }], [said('Done.')]],
          start: 1,
        },
      ],
    )
  })

  test('tables, tasks and rules', () => {
    expect(shape(parseBlocks('| Day | High |\n|:-:|--:|\n| Mon | `4\\|5` |\n| Tue\n\n---'))).toEqual([
      {
        head: [['Day'], ['High']],
        rows: [[['Mon'], [{ kind: 'code', text: '4|5' }]], [['Tue']]],
        aligns: ['center', 'right'],
      },
      'rule',
    ])
    expect(shape(parseBlocks('- [x] rope\n- [ ] *tar*\n- [a] no'))).toEqual([
      { list: [[true, said('rope')], [false, { paragraph: [{ em: ['tar'] }] }], [said('[a] no')]] },
    ])
  })

  test('text that is no Markdown stays as it was written', () => {
    for (const text of [
      '-5 degrees',
      '#harbour',
      '1.5 knots',
      '<b>x</b> & <script>',
      '|a|b|',
      '3 - 4',
      '&amp;',
    ])
      expect(inline(text)).toEqual([text])
    expect(inline('    indented\n  more')).toEqual(['    indented\n  more'])
  })

  test('what would show nothing is shown as it was written', () => {
    for (const text of ['-', '+', '1.', '#', '>', '```', '> >', '- >', '``` \n```', '*\n*'])
      expect(inline(text)).toEqual([text.trim()])
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
      ...[
        '1. ',
        '# ',
        '\\',
        '@ada',
        'https://a.b/c',
        'a',
        'b c',
        '|',
        '||',
        '~~~',
        '\n\n',
        '!',
        'é',
        '中',
        '😀',
      ],
      ...['|-|-|\n', '[ ] ', '\t', ' www.a.b ', ' a@b.c ', '---', '。', '（'],
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
        expect(letters(printedText(text))).toBe(letters(text))
        // One line hides what its author has hidden.
        if (!text.includes('||')) expect(letters(plainText(text))).toBe(letters(text))
      }),
      { numRuns: 2000 },
    )
  })

  test('the time to parse grows with the length, not with its square', () => {
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
      '||a ',
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
      ...[
        '_a*_a',
        '**x*y ',
        '***a',
        'a_*b',
        '*a **a ',
        '~~a~',
        '[a](b "',
        '[a](<',
        '[a](((',
        '![[]()',
        '[[a](https://b)',
      ],
      ...[
        '> - ',
        '- > ',
        '\t- ',
        '- a\n\n',
        '-\n',
        '1)\n',
        '|a',
        '|-',
        '|a|\n|-|\n',
        'a@',
        'a.',
        'www.',
        'www.a.b ',
        'a@b.',
        '/@a',
      ],
      ...[
        'https://a(',
        'https://a)',
        '（',
        '。',
        '<a:',
        '<a@',
        '\u200b',
        '# #',
        '  ',
        '\\\n',
        '``` ',
        'a `` ` ',
      ],
    ]
    // What fails only at its end: the tildes alone once took hours, because three parts of one pattern could take them.
    const columns = '|a'.repeat(500)
    const lateToFail: [string, string, string][] = [
      ['<https://', 'a', ' >'],
      ['[a](https://b "', 'a', 'b'],
      [`${columns}\n${columns.replaceAll('a', '-')}\n`, '|\n', '|'],
      ['- '.repeat(1000), '\n', 'a'],
      [`${'> '.repeat(1000)}\n`, '> ', 'a'],
      ['|', '-', 'b|'],
      ['`', '``', 'b'],
      ['', '~', '`'],
      ['```', 'a', '`'],
      ['# a', ' ', 'b'],
      ['# a', ' #', 'b'],
      ['` ', 'a', '`'],
    ]
    type OfLength = (length: number) => string
    const texts: [string, OfLength][] = [
      ...hostile.map((part): [string, OfLength] => [part, (length) => part.repeat(length / part.length)]),
      ...lateToFail.map(([first, part, last]): [string, OfLength] => [
        first + part + last,
        (length) => first + part.repeat(length / part.length) + last,
      ]),
    ]
    parseBlocks('warm *up* [a](https://b) `c` @ada\n- d')
    for (const [part, text] of texts) {
      expect([part, isLinear(text)]).toEqual([part, true])
    }
    fc.assert(
      fc.property(dialect, fc.string({ maxLength: 12 }), (written, more) => {
        const unit = `${written}${more}` || 'a'
        expect(isLinear((length) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length))).toBe(true)
      }),
      { numRuns: 150 },
    )
  })
})

/**
 * Eight times the length takes eight times as long; the square would be 64. What takes no time anyway has no ratio. The best of many
 * tries: who else uses the machine is not the parser's time, and neither is the garbage of all tests before this one.
 */
function isLinear(ofLength: (length: number) => string): boolean {
  const [short, long] = [ofLength(2000), ofLength(16_000)]
  const best = { short: Number.POSITIVE_INFINITY, long: Number.POSITIVE_INFINITY }
  for (let turn = 0; turn < 30; turn += 1) {
    if (turn > 2) Bun.gc(true)
    best.short = Math.min(best.short, spentMs(short))
    best.long = Math.min(best.long, spentMs(long))
    if (best.long < Math.max(5, best.short * 22)) return true
  }
  return false
}

function spentMs(text: string): number {
  const before = process.cpuUsage()
  parseBlocks(text)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
