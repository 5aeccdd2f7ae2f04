import { describe, expect, test } from 'bun:test'
import { link, plainText, strong } from '../../src/features/webhooks/markdown.ts'
import { fromMrkdwn } from '../../src/features/webhooks/mrkdwn.ts'
import { parseBlocks } from '../../src/text/markdown/blocks.ts'
import { cpuMs } from '../support/cpu.ts'

describe('mrkdwn becomes what people can read', () => {
  test.each([
    ['a &lt;b&gt; &amp; c', 'a <b> & c'],
    ['&amp;lt; stays what it says', '&lt; stays what it says'],
    ['<https://ci.example/7|Build 7> is green', '[Build 7](https://ci.example/7) is green'],
    ['<https://ci.example/7>', 'https://ci.example/7'],
    ['<https://ci.example/7|https://ci.example/7>', 'https://ci.example/7'],
    ['<https://ci.example/a?b=1&amp;c=2|both>', '[both](https://ci.example/a?b=1&c=2)'],
    ['<https://ci.example/(7)|a [b] c>', '[a \\[b\\] c](https://ci.example/%287%29)'],
    ['<mailto:ben@example.org|ben@example.org>', 'ben@example.org'],
    ['<mailto:ben@example.org|Ben>', '[Ben](mailto:ben@example.org)'],
    ['<!here> <!channel> <!everyone>', 'here channel everyone'],
    ['<!here|here>', 'here'],
    ['<!subteam^S12|@crew> sails', 'crew sails'],
    ['<!date^1392734382^{date}|18 February 2014>', '18 February 2014'],
    ['<@U024BE7LH> and <@U024BE7LH|ben>', '@U024BE7LH and @ben'],
    ['<#C024BE7LR|general>', '#general'],
    ['*bold* _it_ ~no~ `code`', '**bold** _it_ ~~no~~ `code`'],
    ['*Type:* a, (*b*), _*c*_, *d*', '**Type:** a, (**b**), _**c**_, **d**'],
    [
      '*<https://x.example|Build 7>* `*a*` ```~b~```',
      '**[Build 7](https://x.example)** `*a*` \n```\n~b~\n```',
    ],
    ['```sh\nls *\n```', '```sh\nls *\n```'],
    ['```ERROR\nstack```', '```\nERROR\nstack\n```'],
    ['https://x.example/*a*/~b~ *c*', 'https://x.example/*a*/~b~ **c**'],
    ['*https://x.example*', '**https://x.example**'],
    ['2 * 3 * 4, a*b*c, **d**, ~~e~~, * f', '2 * 3 * 4, a*b*c, **d**, ~~e~~, * f'],
    ['*no\nline*', '*no\nline*'],
    ['C:\\*x and \uE000', 'C:\\\\*x and \uE000'],
    ['<!date^1392734382^{date}>', '2014-02-18 14:39 UTC'],
    ['`a &lt; <https://x.example|b>`', '`a < b`'],
    ['1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
    ['<javascript:alert(1)|click>', '<javascript:alert(1)|click>'],
    ['<', '<'],
    ['<>', '<>'],
    ['<https://|', '<https://|'],
    ['>quoted\n>lines', '>quoted\n>lines'],
    ['见https://tides.example，*粗*', '见https://tides.example，**粗**'],
  ])('%s', (mrkdwn, plain) => {
    expect(fromMrkdwn(mrkdwn)).toBe(plain)
  })

  /** The page began to show rules, tables and addresses in angle brackets; a plain text has none of them. */
  test('a plain text is shown as it is', () => {
    for (const text of [
      ...[
        '---',
        '***',
        '见https://tides.example，*a*。',
        '___',
        '- - -',
        'a\n---\nb',
        '# a',
        '> a',
        '- a',
        '1. a',
        '+ a',
        '-',
        '```\na\n```',
      ],
      ...[
        'a|b\n-|-\nc|d',
        '|a|\n|:-:|\n|b|',
        '<https://tides.example> <ben@tides.example> <b>',
        '[a](https://b.example)',
      ],
      ...['*a* _b_ ~~c~~ `d`', 'snake_case 2 * 3', '**"a"**', '\\*a*', '[ ] a', '![a](b)', '@ben'],
    ]) {
      const shown = parseBlocks(plainText(text))
      const [block] = shown
      const parts = shown.length === 1 && block?.kind === 'paragraph' ? block.children : []
      const words = parts.map((part) =>
        typeof part === 'string'
          ? part
          : part.kind === 'link'
            ? part.href.replace('mailto:', '')
            : 'text' in part
              ? part.text
              : '',
      )
      expect(words.join('')).toBe(text)
    }
  })

  test('the time for a text of nothing but marks grows with its length', async () => {
    const spentMs = (signs: number) =>
      cpuMs(() => {
        for (const sign of [
          '<',
          '<!',
          '<https://',
          '<!a|',
          '>',
          '*',
          '*a ',
          '~',
          '`',
          '```a',
          'https://',
          '\\',
          ' ',
          '[',
          '](',
          '-',
          '|-',
          '<a:',
        ]) {
          fromMrkdwn(sign.repeat(signs))
          plainText(sign.repeat(signs))
          // A pattern for line breaks once took 3 s for 60,000 spaces.
          strong(link('https://x.example', sign.repeat(signs)))
        }
        plainText(`${' '.repeat(signs)}> x`)
      })
    const [some, more] = [await spentMs(5_000), await spentMs(60_000)]
    // Twelve times the text. A reader that looks at each sign again for each sign would need 144 times as long.
    expect(more).toBeLessThan(48 * Math.max(some, 2))
  })
})
