import { describe, expect, test } from 'bun:test'
import { textOf, toMarkdown } from '../../src/features/webhooks/slack.ts'
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
    ['<!here> <!channel> <!everyone>', '@here @channel @everyone'],
    ['<!here|here>', 'here'],
    ['<!subteam^S12|@crew> sails', '@crew sails'],
    ['<!date^1392734382^{date}|18 February 2014>', '18 February 2014'],
    ['<@U024BE7LH> and <@U024BE7LH|ben>', '@U024BE7LH and @ben'],
    ['<#C024BE7LR|general>', '#general'],
    ['*bold* _it_ ~no~ `code`', '*bold* _it_ ~no~ `code`'],
    ['1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
    ['<javascript:alert(1)|click>', '<javascript:alert(1)|click>'],
    ['<', '<'],
    ['<>', '<>'],
    ['<https://|', '<https://|'],
    ['>quoted\n>lines', '>quoted\n>lines'],
  ])('%s', (mrkdwn, plain) => {
    expect(toMarkdown(mrkdwn)).toBe(plain)
  })

  test('the time for a text of nothing but brackets grows with its length', async () => {
    const spentMs = (signs: number) =>
      cpuMs(() => {
        for (const sign of ['<', '<!', '<https://', '<!a|', '>']) toMarkdown(sign.repeat(signs))
      })
    const [some, more] = [await spentMs(5_000), await spentMs(60_000)]
    // Twelve times the text. A reader that looks at each sign again for each sign would need 144 times as long.
    expect(more).toBeLessThan(48 * Math.max(some, 2))
  })
})

describe('the text is taken from', () => {
  const section = { type: 'section', text: { type: 'mrkdwn', text: '*Deploy* of <https://x.example|x>' } }
  const attachment = { title: 'Build 7', title_link: 'https://ci.example/7', text: 'failed', color: '#f00' }

  test('`text`, whatever else there is', () => {
    expect(textOf({ text: 'Words', blocks: [section], attachments: [attachment] })).toBe('Words')
  })

  test('blocks, where there is no text', () => {
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: 'Deploy' } },
      { type: 'divider' },
      section,
      {
        type: 'section',
        fields: [
          { type: 'mrkdwn', text: 'By: ben' },
          { type: 'mrkdwn', text: 'Took: 3 s' },
        ],
      },
      {
        type: 'context',
        elements: [
          { type: 'image', image_url: 'x' },
          { type: 'mrkdwn', text: 'footnote' },
        ],
      },
      { type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open' } }] },
    ]
    const lines = ['Deploy', '*Deploy* of [x](https://x.example)', 'By: ben', 'Took: 3 s', 'footnote']
    expect(textOf({ text: ' ', blocks, attachments: [attachment] })).toBe(lines.join('\n'))
  })

  test('rich text, in which links and emoji are objects and a text means what it says', () => {
    const line = (...elements: object[]) => ({ type: 'rich_text_section', elements })
    const elements = [
      line(
        { type: 'text', text: 'See &lt; ' },
        { type: 'link', url: 'https://x.example', text: 'this' },
        { type: 'emoji', name: 'tada' },
        { type: 'user', user_id: 'U1' },
        { type: 'broadcast', range: 'here' },
      ),
      {
        type: 'rich_text_list',
        elements: [line({ type: 'text', text: 'one' }), line({ type: 'text', text: 'two' })],
      },
    ]
    expect(textOf({ blocks: [{ type: 'rich_text', elements }] })).toBe(
      'See &lt; [this](https://x.example):tada:@U1@here\none\ntwo',
    )
  })

  test('attachments, where there is nothing else: their text, or their fallback', () => {
    expect(textOf({ attachments: [attachment] })).toBe('[Build 7](https://ci.example/7)\nfailed')
    expect(textOf({ attachments: [{ fallback: 'Build 7 failed' }, { pretext: 'And', text: 'more' }] })).toBe(
      'Build 7 failed\nAnd\nmore',
    )
    expect(textOf({ attachments: [{ blocks: [section] }] })).toBe('*Deploy* of [x](https://x.example)')
  })

  test('nowhere, if there is no text; invalid input gives nothing, however deep', () => {
    let deep: unknown = { type: 'mrkdwn', text: 'too deep' }
    for (let n = 0; n < 5000; n++)
      deep = { type: n % 2 ? 'rich_text' : 'section', elements: [deep], text: deep }
    const nonsense = [null, 7, 'x', [], [[]], { text: 7 }, { text: { text: {} } }, { elements: 'x' }]
    expect(textOf({})).toBe('')
    expect(textOf({ blocks: nonsense, attachments: nonsense })).toBe('')
    expect(textOf({ blocks: [deep] })).toBe('')
  })
})

test('a text that shows nothing gives way to the blocks', () => {
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'Build 7' } }]
  for (const text of [' ', '\u200b', '\u2800']) expect(textOf({ text, blocks })).toBe('Build 7')
})
