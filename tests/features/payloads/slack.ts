// Longer than 300 lines: a table of real payloads, each with what is to be seen.
import type { Case } from './case.ts'

/** What programs send to a webhook of Slack, as their documentation and sources show it, and what Slack shows of it. */
export const slackCases: Case[] = [
  {
    name: 'Alertmanager, slack_configs with the default template',
    body: {
      channel: '#alerts',
      username: 'Alertmanager',
      attachments: [
        {
          title: '[FIRING:1] InstanceDown for node (node-1:9100 critical)',
          title_link: 'http://alertmanager:9093/#/alerts?receiver=slack',
          text: '',
          fallback: '[FIRING:1] InstanceDown for node | http://alertmanager:9093/#/alerts?receiver=slack',
          callback_id: '',
          footer: '',
          color: 'danger',
          mrkdwn_in: ['fallback', 'pretext', 'text'],
        },
      ],
    },
    shown: [
      '**[\\[FIRING:1\\] InstanceDown for node (node-1:9100 critical)](http://alertmanager:9093/#/alerts?receiver=slack)**',
    ],
  },
  {
    name: 'Alertmanager, slack_configs with fields, a button and an image',
    body: {
      attachments: [
        {
          title: 'HighErrorRate',
          title_link: 'http://prometheus:9090/graph?g0.expr=rate(x[5m])',
          text: '*5 %* of requests fail &gt; limit',
          fields: [
            { title: 'Severity', value: 'critical', short: true },
            { title: 'Service', value: 'shop_api', short: true },
          ],
          actions: [
            {
              type: 'button',
              text: 'Silence',
              url: 'http://alertmanager:9093/#/silences/new?filter=x',
              name: '',
            },
            { type: 'button', text: 'Acknowledge', name: 'ack', value: '1' },
          ],
          image_url: 'https://graphs.example/errors.png',
          footer: 'Prometheus',
          ts: 1796000000,
          color: 'danger',
        },
      ],
    },
    shown: [
      '**[HighErrorRate](http://prometheus:9090/graph?g0.expr=rate%28x[5m]%29)**',
      '**5 %** of requests fail > limit',
      'Severity: critical',
      'Service: shop_api',
      'https://graphs.example/errors.png',
      '[Silence](http://alertmanager:9093/#/silences/new?filter=x)',
      'Prometheus · 2026-11-30 00:53 UTC',
    ],
  },
  {
    name: 'Grafana, a Slack contact point',
    body: {
      channel: '#ops',
      username: 'Grafana',
      attachments: [
        {
          color: '#D63232',
          fallback: '[FIRING:1] Disk full (sda1)',
          footer: 'Grafana v11.2.0',
          footer_icon: 'https://grafana.com/static/assets/img/fav32.png',
          mrkdwn_in: ['pretext'],
          pretext: '',
          text: '**Firing**\n\nValue: A=97\nLabels:\n - alertname = Disk full',
          title: '[FIRING:1] Disk full (sda1)',
          title_link: 'https://grafana.example/alerting/list',
          image_url: 'https://grafana.example/render/1.png',
          ts: 1796000000,
        },
      ],
    },
    shown: [
      '**[\\[FIRING:1\\] Disk full (sda1)](https://grafana.example/alerting/list)**',
      '**Firing**',
      '',
      'Value: A=97',
      'Labels:',
      ' - alertname = Disk full',
      '',
      'https://grafana.example/render/1.png',
      'Grafana v11.2.0 · 2026-11-30 00:53 UTC',
    ],
  },
  {
    name: 'CI, a text and an attachment below it',
    body: {
      text: 'Build #42 of shop failed',
      attachments: [
        {
          color: '#ff0000',
          pretext: 'By ben',
          author_name: 'CI',
          author_link: 'https://ci.example',
          title: 'job 7',
          title_link: 'https://ci.example/7',
          text: 'exit code 1: `a *b* &amp;&amp; c`',
          fields: [
            { title: 'Branch', value: 'main', short: true },
            { title: 'Commit', value: '<https://git.example/c/1a2b3c|1a2b3c>', short: true },
            { title: 'Failing tests', value: '• cart\n• checkout', short: false },
            { title: 'Took', value: 37 },
          ],
        },
      ],
    },
    shown: [
      'Build #42 of shop failed',
      '',
      'By ben',
      '[CI](https://ci.example)',
      '**[job 7](https://ci.example/7)**',
      'exit code 1: `a *b* && c`',
      'Branch: main',
      'Commit: [1a2b3c](https://git.example/c/1a2b3c)',
      'Failing tests:',
      '• cart',
      '• checkout',
      'Took: 37',
    ],
  },
  {
    name: 'a text next to blocks: the blocks are the message',
    body: {
      text: 'Only for notifications',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'New *request* &lt;1&gt;', emoji: true } },
        {
          type: 'section',
          fields: [
            { type: 'mrkdwn', text: '*Type:*\nPaid Time Off' },
            { type: 'mrkdwn', text: '*When:*\nAug 10 - Aug 13' },
          ],
        },
        {
          type: 'section',
          text: { type: 'mrkdwn', text: 'See <https://x.example|the request>' },
          accessory: {
            type: 'button',
            text: { type: 'plain_text', text: 'Open' },
            url: 'https://x.example/open',
            action_id: 'open',
          },
        },
      ],
    },
    shown: [
      '**New \\*request\\* <1>**',
      '**Type:**',
      'Paid Time Off',
      '**When:**',
      'Aug 10 - Aug 13',
      'See [the request](https://x.example)',
      '[Open](https://x.example/open)',
    ],
  },
  {
    name: 'Uptime Kuma, its Slack notification',
    body: {
      text: 'Uptime Kuma Alert',
      channel: '#status',
      username: 'Uptime Kuma',
      icon_emoji: ':fire:',
      attachments: [
        {
          color: '#e01e5a',
          blocks: [
            { type: 'header', text: { type: 'plain_text', text: 'Uptime Kuma Alert' } },
            {
              type: 'section',
              fields: [
                { type: 'mrkdwn', text: '*Message*\n[Shop] [🔴 Down] connect ECONNREFUSED' },
                { type: 'mrkdwn', text: '*Time (UTC)*\n2026-11-28 10:00:00' },
              ],
            },
            {
              type: 'actions',
              elements: [
                {
                  type: 'button',
                  text: { type: 'plain_text', text: 'Visit Uptime Kuma' },
                  value: 'Uptime-Kuma',
                  url: 'https://kuma.example/dashboard/1',
                },
              ],
            },
          ],
        },
      ],
    },
    shown: [
      'Uptime Kuma Alert',
      '',
      '**Uptime Kuma Alert**',
      '**Message**',
      '[Shop] [🔴 Down] connect ECONNREFUSED',
      '**Time (UTC)**',
      '2026-11-28 10:00:00',
      '[Visit Uptime Kuma](https://kuma.example/dashboard/1)',
    ],
  },
  {
    name: 'blocks only: images, buttons, plain text and context',
    body: {
      blocks: [
        { type: 'section', text: { type: 'plain_text', text: 'Cats in snake_case, *as it is*' } },
        { type: 'divider' },
        {
          type: 'image',
          title: { type: 'plain_text', text: 'Please enjoy' },
          image_url: 'https://pictures.example/kitten.jpg',
          alt_text: 'A kitten',
        },
        {
          type: 'context',
          elements: [
            { type: 'image', image_url: 'https://pictures.example/i.png', alt_text: 'logo' },
            { type: 'mrkdwn', text: 'by *Cleo*' },
          ],
        },
        {
          type: 'actions',
          elements: [
            { type: 'button', text: { type: 'plain_text', text: 'More' }, url: 'https://cats.example' },
            { type: 'button', text: { type: 'plain_text', text: 'Like' }, value: 'like' },
            {
              type: 'overflow',
              options: [
                {
                  text: { type: 'plain_text', text: 'Rules' },
                  value: 'r',
                  url: 'https://cats.example/rules',
                },
              ],
            },
          ],
        },
      ],
    },
    shown: [
      'Cats in snake_case, \\*as it is\\*',
      'Please enjoy',
      '[A kitten](https://pictures.example/kitten.jpg)',
      '[logo](https://pictures.example/i.png) by **Cleo**',
      '[More](https://cats.example) · [Rules](https://cats.example/rules)',
    ],
  },
  {
    name: 'an image alone',
    body: {
      blocks: [
        {
          type: 'image',
          title: { type: 'plain_text', text: 'CPU of db-1' },
          alt_text: 'The load rises',
          image_url: 'https://graphs.example/1.png',
        },
      ],
    },
    shown: ['CPU of db-1', '[The load rises](https://graphs.example/1.png)'],
  },
  {
    name: 'rich text: lists, code, quotes and styles',
    body: {
      blocks: [
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_section',
              elements: [
                { type: 'text', text: 'Steps ', style: { bold: true } },
                { type: 'text', text: 'x = a * b', style: { code: true } },
                { type: 'text', text: ' *now*, ' },
                { type: 'text', text: 'old', style: { strike: true } },
                { type: 'text', text: ' ' },
                { type: 'link', url: 'https://x.example', text: 'this' },
                { type: 'emoji', name: 'tada', unicode: '1f389' },
                { type: 'broadcast', range: 'channel' },
              ],
            },
            {
              type: 'rich_text_list',
              style: 'ordered',
              indent: 0,
              elements: [section('one'), section('two')],
            },
            { type: 'rich_text_list', style: 'bullet', indent: 1, elements: [section('inner')] },
            { type: 'rich_text_list', style: 'ordered', indent: 0, offset: 2, elements: [section('three')] },
            { type: 'rich_text_preformatted', elements: [{ type: 'text', text: '*raw* <b>\nline' }] },
            { type: 'rich_text_quote', elements: [{ type: 'text', text: 'said\ntwice' }] },
            section('after'),
          ],
        },
      ],
    },
    shown: [
      '**Steps** `x = a * b` \\*now\\*, ~~old~~ [this](https://x.example)🎉channel',
      '',
      '1. one',
      '2. two',
      '    - inner',
      '3. three',
      '',
      '```',
      '*raw* <b>',
      'line',
      '```',
      '> said',
      '> twice',
      '',
      'after',
    ],
  },
  {
    name: 'Jenkins, attachments with fields only',
    body: {
      attachments: [
        {
          fallback: 'shop » main - #12 Failure',
          color: 'danger',
          mrkdwn_in: ['pretext', 'text', 'fields'],
          fields: [
            {
              title: 'shop » main',
              value: '*#12* Failure after 3 min (<https://jenkins.example/12/|Open>)',
              short: false,
            },
            { title: 'Requested by:', value: 'N. P.' },
          ],
        },
      ],
    },
    shown: [
      'shop » main: **#12** Failure after 3 min ([Open](https://jenkins.example/12/))',
      'Requested by: N. P.',
    ],
  },
  {
    name: 'Sentry, an attachment with a title, fields and a footer',
    body: {
      attachments: [
        {
          fallback: '[shop] TypeError: x is undefined',
          title: 'TypeError: x is undefined',
          title_link: 'https://sentry.example/issues/7/',
          text: 'checkout.ts in pay',
          fields: [
            { title: 'level', value: 'error', short: true },
            { title: 'environment', value: 'production', short: true },
          ],
          footer: 'SHOP-7 via <https://sentry.example/rules/1/|Send to Slack>',
          ts: '1796000000.000247',
          color: '#E03E2F',
        },
      ],
    },
    shown: [
      '**[TypeError: x is undefined](https://sentry.example/issues/7/)**',
      'checkout.ts in pay',
      'level: error',
      'environment: production',
      'SHOP-7 via [Send to Slack](https://sentry.example/rules/1/) · 2026-11-30 00:53 UTC',
    ],
  },
  {
    name: 'parts that show nothing give way to those that do',
    body: {
      text: 'Build 7',
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '\u2800' } }],
      attachments: [{ text: '\u200b', fallback: 'It is green' }],
    },
    shown: ['Build 7', '', 'It is green'],
  },
  {
    name: 'a mixture of mrkdwn',
    body: {
      text:
        '<!channel> *Deploy* of _shop_ ~failed~ is <https://x.example/~a~/*b*|fine &amp; *well*>, ' +
        '<@U1|ben>: 1 &lt; 2 `*no*` ```if (*p)\n  x```done <!here> :tada:',
    },
    shown: [
      'channel **Deploy** of _shop_ ~~failed~~ is [fine & \\*well\\*](https://x.example/~a~/*b*), @ben: 1 < 2 `*no*` ',
      '```',
      'if (*p)',
      '  x',
      '```',
      'done here :tada:',
    ],
  },
  {
    name: 'a form',
    body: String(new URLSearchParams({ payload: JSON.stringify({ text: '*a* & b + 1' }) })),
    type: 'application/x-www-form-urlencoded',
    shown: ['**a** & b + 1'],
  },
  {
    name: 'Mattermost: Markdown, with attachments in props',
    body: {
      username: 'ci',
      icon_url: 'https://x.example/i.png',
      text: '#### Tests\n*two* failed, **one** passed, <https://x.example|log> @channel',
      props: { card: 'more', attachments: [{ fields: [{ short: true, title: 'Branch', value: '*main*' }] }] },
    },
    shown: [
      '#### Tests',
      '*two* failed, **one** passed, [log](https://x.example) @channel',
      '',
      'Branch: *main*',
    ],
  },
  {
    name: 'Rocket.Chat',
    body: {
      alias: 'Gruggy',
      avatar: 'https://x.example/a.png',
      text: 'I grok pixels. *Really*',
      attachments: [
        {
          author_name: 'Bradley',
          title: 'Attachment Example',
          title_link: 'https://youtube.com',
          text: 'Yay for gruggy!',
          image_url: 'https://x.example/gruggy.png',
          audio_url: 'https://x.example/gruggy.mp3',
          ts: '2026-11-28T10:00:00.000Z',
        },
      ],
    },
    shown: [
      'I grok pixels. **Really**',
      '',
      'Bradley',
      '**[Attachment Example](https://youtube.com)**',
      'Yay for gruggy!',
      'https://x.example/gruggy.png',
      'https://x.example/gruggy.mp3',
      '2026-11-28 10:00 UTC',
    ],
  },
]

function section(text: string) {
  return { type: 'rich_text_section', elements: [{ type: 'text', text }] }
}
