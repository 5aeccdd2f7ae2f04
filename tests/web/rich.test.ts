import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { fromHtml } from 'hast-util-from-html'
import { bareAddressesIn, safeHref } from '../../src/text/markdown/addresses.ts'
import { parseBlocks } from '../../src/text/markdown/blocks.ts'
import { parseInline } from '../../src/text/markdown/inline.ts'
import { newReading } from '../../src/text/markdown/reading.ts'
import type { Block, Inline } from '../../src/text/markdown/syntax.ts'
import { endsInCode, putRich } from '../../src/web/text/format/rich-paste.ts'
import { longest, richFrom } from '../../src/web/text/rich/rich.ts'
import { cpuMs } from '../support/cpu.ts'

const reader = {
  read: (text: string) => parseInline(text, newReading()),
  hrefOf: safeHref,
  addressesIn: bareAddressesIn,
}
const markdownOf = (html: string) => richFrom(html, (text) => fromHtml(text), reader)?.markdown

const pasted: [name: string, html: string, markdown: string][] = [
  ['marks', '<b>b</b> <i>i</i> <s>s</s> <u>u</u> <code>c</code>', '**b** _i_ ~~s~~ u `c`'],
  ['marks in each other', '<b>b <i>both</i></b><i> i</i>', '**b _both_** _i_'],
  ['marks with spaces at their edges', 'a<b> b </b>c', 'a **b** c'],
  ['marks next to each other', '<b>a</b><b>b</b> <i>c</i><i> d</i>', '**ab** _c d_'],
  ['a mark inside of a word', '<i>in</i>side <b>a</b>b', '*in*side **a**b'],
  ['a mark that cannot be one there', '<b>a</b> <b>(b)</b>c <b>d</b>', '**a** (b)c **d**'],
  ['code with backticks', '<code>a`b</code> <code>`</code>', '``a`b`` `` ` ``'],
  [
    'a link',
    '<a href="https://a.example/x?y=1&amp;z">a <b>b</b></a>',
    '[a **b**](https://a.example/x?y=1&z)',
  ],
  [
    'a link with brackets',
    '<a href="https://a.example/x_(y)">[a]</a>',
    '[\\[a\\]](<https://a.example/x_(y)>)',
  ],
  [
    'an address as its own text',
    '<b>at</b> <a href="https://a.example">https://a.example</a>',
    '**at** https://a.example',
  ],
  ['an unsafe link', '<b>a</b> <a href="javascript:alert(1)">b</a> <a href="/c">c</a>', '**a** b c'],
  ['paragraphs and breaks', '<p><b>a</b><br>b</p><p>c</p>', '**a**\nb\n\nc'],
  ['an empty line in bold', '<b>a<br><br>b</b>', '**a**\n\n**b**'],
  [
    'a line for each div, as in mail',
    '<div><b>a</b></div><div>b</div><div><br></div><div>c</div>',
    '**a**\nb\n\nc',
  ],
  ['headings', '<h1><b>a</b></h1><h3>b <i>c</i> #</h3>', '# a\n\n### b _c_ \\#'],
  ['a list in a list', '<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>', '- a\n  - b\n- c'],
  [
    'a list in an ordered one',
    '<ol start="9"><li>a</li><li>b<ul><li>c</li></ul></li></ol>',
    '9. a\n10. b\n    - c',
  ],
  ['two lists', '<ul><li>a</li></ul><ul><li>b</li></ul>', '- a\n\n* b'],
  ['paragraphs in a list', '<ul><li><p>a</p><p>b</p></li><li>c</li></ul>', '- a\n\n  b\n\n- c'],
  [
    'tasks',
    '<ul><li><input type="checkbox" checked> a</li><li><input type="checkbox"> b</li></ul>',
    '- [x] a\n- [ ] b',
  ],
  [
    'a quote in a quote',
    '<blockquote><p>a</p><blockquote>b</blockquote></blockquote><p>c</p>',
    '> a\n>\n> > b\n\nc',
  ],
  ['a rule', 'a<hr>b', 'a\n\n---\n\nb'],
  ['code', '<pre><code class="language-ts">a\n  ```\n\nb</code></pre>', '````ts\na\n  ```\n\nb\n````'],
  [
    'a table',
    '<table><tr><th>a</th><th align="right">b|c</th></tr><tr><td><b>d</b></td><td>e<br>f</td></tr></table>',
    '| a | b\\|c |\n| --- | --: |\n| **d** | e f |',
  ],
  ['one cell of a spreadsheet', '<table><tr><td><b>a</b></td></tr></table>', '**a**'],
  [
    'an emoji that is a picture, and a photo',
    '<b>a</b> <img alt="🎉" src="x"><img alt="A pier" src="y">',
    '**a** 🎉',
  ],
  [
    'what is hidden',
    '<b>a</b><span style="display:none">b</span><script>c</script><style>d{}</style>',
    '**a**',
  ],
  [
    'Google Docs',
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr" style="margin:0"><span style="font-size:11pt;font-weight:700;">a</span><span style="font-weight:400;font-style:italic;"> b</span></p><ul><li dir="ltr"><p role="presentation"><span style="font-weight:400;">c</span></p></li><ul><li><p><span style="text-decoration:line-through">d</span></p></li></ul><li role="checkbox" aria-checked="true"><p>e</p></li></ul></b><br class="Apple-interchange-newline">',
    '**a** _b_\n\n- c\n  - ~~d~~\n- [x] e',
  ],
  [
    'Word',
    "<html xmlns:o=\"urn\"><head><style>p.MsoNormal{margin:0}</style></head><body><!--StartFragment--><p class=MsoNormal>a <b style='mso-bidi-font-weight:normal'>b</b><o:p></o:p></p><p class=MsoListParagraph style='text-indent:-.25in;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>c</p>\n<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o<span>&nbsp;&nbsp;</span></span>d</p><p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.<span>&nbsp;</span></span>e</p><!--EndFragment--></body></html>",
    'a **b**\n\n- c\n  - d\n\n1. e',
  ],
  [
    'a browser, which writes each style down',
    '<span style="color: rgb(0, 0, 0); font-style: normal; font-weight: 400; text-decoration-style: initial;">a </span><strong style="font-weight: 600">b</strong>',
    'a **b**',
  ],
]

describe('rich text that is pasted is Markdown', () => {
  test.each(pasted)('%s', (_, html, markdown) => {
    expect(markdownOf(html)).toBe(markdown)
  })

  test.each([
    ['words', '<p>a</p><p>b<br>c</p>'],
    ['a link that is its own text', '<a href="https://a.example/">https://a.example/</a>'],
    [
      'VS Code',
      '<div style="font-family: Consolas, monospace;white-space: pre;"><div><span style="font-weight: 700;">a</span></div></div>',
    ],
    [
      'JetBrains',
      '<html><body><pre style="font-family:\'JetBrains Mono\'"><i>a</i><br>b</pre></body></html>',
    ],
    [
      'pieces of code on a page',
      '<span style="font-family: ui-monospace; font-weight: 700">a</span><span style="font-family: ui-monospace">b</span>',
    ],
  ])('nothing of %s is: the plain text says it all', (_, html) => {
    expect(markdownOf(html)).toBeUndefined()
  })

  const signs = fc.string({
    unit: fc.constantFrom(
      ...'*_~|`\\[]()!<>#+-.:1=& aé。@/x'.split(''),
      '\u00a0',
      '**',
      '](',
      'https://a.example/',
      '- ',
      '1. ',
      '    ',
    ),
    minLength: 1,
    maxLength: 30,
  })
  const tidy = (text: string) => text.replace(/[\s\u00a0]+/g, ' ').trim()
  const safe = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const textOf = (parts: readonly Inline[]): string =>
    parts
      .map((part) =>
        typeof part === 'string' ? part : 'children' in part ? textOf(part.children) : part.text,
      )
      .join('')
  const marksIn = (parts: readonly Inline[]): string[] =>
    parts.flatMap((part) =>
      typeof part === 'string' || part.kind === 'mention' || part.kind === 'link'
        ? []
        : [part.kind, ...('children' in part ? marksIn(part.children) : [])],
    )
  const wordsIn = (block: Block): Inline[] => {
    if (block.kind === 'quote') return wordsIn(block.blocks[0]!)
    if (block.kind === 'list') return wordsIn(block.items[0]!.blocks[0]!)
    if (block.kind === 'table') return block.rows[0]![0]!
    return 'children' in block ? block.children : []
  }

  test.each([
    ['paragraph', 'paragraph', (text: string) => `<p>${text}</p><hr>`],
    ['quote', 'quote', (text: string) => `<blockquote>${text}</blockquote>`],
    ['heading', 'heading', (text: string) => `<h2>${text}</h2>`],
    ['item', 'list', (text: string) => `<ul><li>${text}</li></ul>`],
    ['numbered item', 'list', (text: string) => `<ol><li>${text}</li></ol>`],
    [
      'cell',
      'table',
      (text: string) => `<table><tr><th>a</th><th>b</th></tr><tr><td>${text}</td><td></td></tr></table>`,
    ],
  ] as const)('no sign in a text is Markdown: in a %s', (_, kind, wrap) => {
    fc.assert(
      fc.property(signs, (text) => {
        fc.pre(tidy(text) !== '')
        const blocks = parseBlocks(markdownOf(wrap(safe(text)))!)
        expect(blocks.length).toBe(kind === 'paragraph' ? 2 : 1)
        expect(blocks[0]!.kind).toBe(kind)
        expect(tidy(textOf(wordsIn(blocks[0]!)))).toBe(tidy(text))
        expect(marksIn(wordsIn(blocks[0]!))).toEqual([])
      }),
      { numRuns: 300, seed: 15 },
    )
  })

  test('whatever is marked in whatever way, each word is shown once and no sign of a mark is', () => {
    const piece = fc.tuple(fc.constantFrom('b', 'i', 's', 'span', 'a', 'code'), signs)
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        const html = pieces
          .map(([name, text]) => `<${name} href="https://b.example/">${safe(text)}</${name}>`)
          .join('')
        const markdown = markdownOf(`<p>${html}</p><hr>`)!
        const shown = parseBlocks(markdown)
          .slice(0, -1)
          .map((block) => textOf(wordsIn(block)))
          .join(' ')
        const written = pieces
          .map(([name, text]) => (name === 'code' && tidy(text) === '' ? '' : text))
          .join('')
        expect(shown.replace(/[\s\u00a0]+/g, '')).toBe(written.replace(/[\s\u00a0]+/g, ''))
      }),
      { numRuns: 600, seed: 15 },
    )
  })

  test('too much of it, or too deep, is plain text', () => {
    expect(markdownOf(`<b>a</b>${' '.repeat(longest)}`)).toBeUndefined()
    expect(markdownOf(`<b>a</b>${'<i>b</i>'.repeat(20_000)}`)).toBeUndefined()
    expect(markdownOf(`<b>a</b>${'<div>'.repeat(500)}b`)).toBeUndefined()
  })

  test('the time grows with the length', async () => {
    const spent = async (html: string) => {
      const runs = []
      for (let n = 0; n < 3; n++) runs.push(await cpuMs(() => markdownOf(html)))
      return Math.min(...runs)
    }
    const hostile = [
      (n: number) => '<b>a</b><i>b</i>'.repeat(n),
      (n: number) => '<b>a <i>b'.repeat(100) + '<b>(x)</b>y'.repeat(n),
      (n: number) => `<b>x</b>${'&lt;*_~|`['.repeat(n)}`,
      (n: number) => '<style '.repeat(n * 5),
      (n: number) => '<a style='.repeat(n * 5),
      (n: number) => '<ul><li>'.repeat(100) + '<li>a'.repeat(n),
      (n: number) => `<p style="mso-list:${' '.repeat(n * 50)}">a`,
      (n: number) => `<b style="${'font-family:text-decoration:'.repeat(n * 10)}">a</b>`,
      (n: number) => `<b>a</b>${'http://a.b。'.repeat(n * 2)}`,
      (n: number) => `<b>a</b>${`&lt;${':'.repeat(n)}`.repeat(10)}`,
      (n: number) => `<b>a</b><code>x${'\u2003'.repeat(n * 10)}x</code>`,
    ]
    const ratio = async (make: (n: number) => string) =>
      (await spent(make(1600))) / Math.max(await spent(make(400)), 10)
    for (const make of hostile) {
      // A time that grows with the square is 16 times as long. Garbage of the tests before this one may be collected in a run.
      let least = await ratio(make)
      for (let tries = 1; least >= 12 && tries < 4; tries++) least = Math.min(least, await ratio(make))
      expect(least).toBeLessThan(12)
    }
  })
})

test('what needs lines of its own gets them', () => {
  const list = { markdown: '- a', opens: true, closes: true }
  expect(putRich('', 0, 0, list)).toMatchObject({ text: '- a', selected: [3, 3] })
  expect(putRich('ab', 1, 1, list)).toMatchObject({ text: '\n\n- a\n\n', selected: [6, 6] })
  expect(putRich('a\n\nb', 2, 3, list)).toMatchObject({ from: 2, to: 3, text: '\n- a\n\n' })
  expect(putRich('ab', 1, 1, { markdown: '**c**', opens: false, closes: false })).toMatchObject({
    text: '**c**',
  })
})

test('behind a fence or a backtick, signs are signs', () => {
  expect(['```ts\na', 'see `a', '> ~~~\n'].map(endsInCode)).toEqual([true, true, true])
  expect(['```\na\n```\n', 'see `a` ', ''].map(endsInCode)).toEqual([false, false, false])
})
