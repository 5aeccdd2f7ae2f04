import { describe, expect, test } from 'bun:test'
import { cast, makeRoom } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import type { Case } from './payloads/case.ts'
import { otherCases } from './payloads/others.ts'
import { slackCases } from './payloads/slack.ts'
import { hookIn, post } from './webhooks.ts'

/*
 * Real payloads, sent from outside, and the message that the room gets. Once, a text hid blocks and attachments, fields and
 * footers were never shown, long alerts and other programs' JSON were refused, and Slack's bold was italics.
 */
await onBothDatabases((database) => {
  const at = serverFor({ database }, async (server) => {
    const { ben } = await cast(server)
    const room = await makeRoom(server, ben)
    return { ben, room, hook: await hookIn(server, ben, room) }
  })

  /** The message that a payload became, or the status and reason of its refusal. */
  async function shownOf({ body, type = 'application/json' }: Pick<Case, 'body' | 'type'>) {
    const { server, ben, room, hook } = at()
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const sent = await post(hook, text, { 'content-type': type })
    if (sent.status !== 200) return `${sent.status} ${sent.body.reason}`
    const { items } = (await rest(server, ben).get(`/rooms/${room}/messages?limit=1`)).body
    return items[0].content as string
  }

  describe('a webhook shows', () => {
    test.each([...slackCases, ...otherCases].map((each) => [each.name, each] as const))(
      '%s',
      async (_, each) => {
        expect(await shownOf(each)).toBe(each.shown.join('\n'))
      },
    )

    test('the beginning of a long message, with a sign that it goes on', async () => {
      const flags = '🏴󠁧󠁢󠁷󠁬󠁳󠁿'.repeat(700)
      const texts = [
        'x'.repeat(9000),
        `a${'😀'.repeat(4500)}`,
        flags,
        `\`\`\`\n${'code '.repeat(2000)}\n\`\`\``,
      ]
      for (const text of texts) {
        for (const body of [
          { text },
          { content: text },
          { attachments: [{ fields: [{ title: '', value: text }] }] },
        ]) {
          const shown = await shownOf({ body })
          expect(shown).toMatch(/\n…$/)
          expect(shown.length).toBeGreaterThan(7900)
          expect(shown.length).toBeLessThanOrEqual(8000)
          expect(shown.replace(/(\n```)?\n…$/, '')).toBe(
            text.slice(0, shown.replace(/(\n```)?\n…$/, '').length),
          )
          expect(shown.isWellFormed()).toBe(true)
        }
      }
      expect(await shownOf({ body: { text: texts[3] } })).toEndWith('\n```\n…')
      const whole = shown(flags)
      expect(new Set(whole)).toEqual(new Set(['🏴󠁧󠁢󠁷󠁬󠁳󠁿']))

      function shown(text: string): string[] {
        return [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)
      }
    })
  })

  test('a payload without any text is refused with a reason', async () => {
    const empty = [
      {},
      [],
      null,
      7,
      { text: '' },
      { text: 7, count: 1 },
      { username: 'x', channel: '#general', icon_emoji: ':x:' },
      { blocks: [{ type: 'divider' }] },
      { attachments: [{ color: 'good' }] },
      { embeds: [{ color: 7 }] },
    ]
    for (const body of empty) {
      const shown = [JSON.stringify(body), await shownOf({ body })]
      expect(shown).toEqual([JSON.stringify(body), '422 no_text_to_show'])
    }
    for (const body of ['', '{', '{"text":', 'payload=hello']) {
      expect([body, await shownOf({ body, type: 'text/plain' })]).toEqual([body, '400 not_a_payload'])
    }
    expect(await shownOf({ body: 'hello', type: 'application/json' })).toBe('400 not_a_payload')
  })

  test('a hostile payload is shown in part or refused, and never an error of the server', async () => {
    const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth)
    const wrong: unknown[] = [
      null,
      7,
      true,
      'x',
      [],
      [[]],
      {},
      { text: 7 },
      { text: { text: {} } },
      { toString: 1, type: '__proto__' },
    ]
    const hostile: [string, unknown][] = [
      ['deep lists', `{"blocks":${nested(30_000, '[', ']')}}`],
      ['deep objects', `{"a":${nested(9_000, '{"a":', '}').replace(':}', ':1}')}}`],
      ['deep elements', `{"text":"hello","blocks":[${nested(3_000, '{"elements":[', ']}')}]}`],
      ['deep text', `{"attachments":[${nested(3_000, '{"text":', '}').replace(':}', ':"x"}')}]}`],
      ['fields', { attachments: [{ fields: Array(1000).fill({ title: 'Name', value: 'value' }) }] }],
      ['attachments', { text: 'x', attachments: Array(2000).fill({ text: 'more' }) }],
      ['blocks', { blocks: Array(1000).fill({ type: 'section', text: { type: 'mrkdwn', text: '*x*' } }) }],
      ['embeds', { embeds: Array(2000).fill({ title: 'x' }) }],
      ['commits', { ref: 'x', repository: { full_name: 'a/b' }, commits: Array(2000).fill({ id: 'x' }) }],
      ['alerts', { status: 'firing', alerts: Array(2000).fill(null) }],
      ['payloads', Array(5000).fill({ text: 'x' })],
      ['keys', Object.fromEntries(Array.from({ length: 4000 }, (_, n) => [`key${n}`, 'x']))],
      ['spaces', { blocks: [{ type: 'header', text: { text: `${' '.repeat(60_000)}x` } }] }],
      ['marks', { text: '*a~`<!'.repeat(9000) }],
      [
        'indents',
        {
          blocks: [
            {
              type: 'rich_text',
              elements: [
                {
                  type: 'rich_text_list',
                  style: 'ordered',
                  indent: 1e9,
                  offset: -1e300,
                  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x' }] }],
                },
              ],
            },
          ],
        },
      ],
      ...[
        'text',
        'blocks',
        'attachments',
        'embeds',
        'content',
        'components',
        'alerts',
        'repository',
        'commits',
      ].flatMap((name) =>
        wrong.map((value): [string, unknown] => [`${name}`, { text: 'hello', [name]: value }]),
      ),
      ...wrong.map((value): [string, unknown] => [
        'a type',
        { text: 'x', blocks: [value], attachments: [value] },
      ]),
      ...wrong.map((value): [string, unknown] => [
        'a field',
        {
          attachments: [
            {
              pretext: value,
              title: value,
              title_link: value,
              fields: [value],
              actions: [value],
              ts: value,
              blocks: [value],
            },
          ],
          embeds: [
            { title: value, url: value, author: value, fields: value, image: value, timestamp: value },
          ],
        },
      ]),
      ...wrong.map((value): [string, unknown] => [
        'an alert',
        { status: 'x', state: 'x', title: value, alerts: [value] },
      ]),
      ...wrong.map((value): [string, unknown] => [
        'a monitor',
        { msg: 'x', monitor: value, heartbeat: value },
      ]),
      ...wrong.map((value): [string, unknown] => [
        'a rich text',
        {
          blocks: [
            {
              type: 'rich_text',
              elements: [{ type: 'rich_text_list', indent: value, elements: value }, value],
            },
          ],
        },
      ]),
    ]
    for (const [name, body] of hostile) {
      const shown = await shownOf({ body })
      expect([name, shown]).toEqual([name, expect.not.stringMatching(/^(5\d\d|413) /)])
      expect(shown.length).toBeLessThanOrEqual(8000)
    }
  })
})
