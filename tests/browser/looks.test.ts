import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { setUp, signUp } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { sendFile } from '../support/files.ts'
import { pdf, photo } from '../support/media.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, enter, go } from './cast.ts'
import { settled, watchRequests } from './settled.ts'
import { browserIsThere, launchBrowser, patient } from './support.ts'

const desk = { viewport: { width: 1280, height: 800 } }
/** WCAG 2.2, 1.4.10: as narrow as a page must still be read without scrolling sideways. */
const smallest = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true }

const addresses = [
  '#list',
  '#room=quay',
  '#room=nowhere',
  '#browse',
  '#for-you',
  '#threads',
  '#saved',
  '#drafts',
  '#invite=nonsense',
  ...['profile', 'look', 'notices', 'sessions', 'blocked', 'tokens', 'account'].map(
    (page) => `#settings=${page}`,
  ),
  ...['users', 'rooms', 'community', 'bots', 'audit', 'server'].map((page) => `#admin=${page}`),
]

const long = 'The committee for the maintenance of the northern breakwater and its lamps'
const unbroken = 'Unbreakable'.repeat(30)

const hues = [0, 1, 2, 3, 4, 5, 6, 7].map((hue) => `hue-${hue}`)
/** Words, each on every ground that it stands on somewhere. */
const inks: Record<string, readonly string[]> = {
  ink: ['paper', 'raised', 'sunk', 'accent-soft'],
  'ink-2': ['paper', 'raised', 'sunk', 'accent-soft'],
  'ink-3': ['paper', 'raised', 'sunk'],
  accent: ['paper', 'raised', 'sunk'],
  alarm: ['paper', 'raised', 'alarm-soft'],
  paper: ['alarm'],
  'on-accent': ['accent'],
  'on-flag': ['flag'],
  'harbour-ink': ['harbour', 'harbour-2'],
  'harbour-ink-2': ['harbour', 'harbour-2'],
  ...Object.fromEntries(hues.map((hue) => [hue, ['paper', 'raised', 'sunk']])),
}

describe.skipIf(!browserIsThere())('the look of the page', () => {
  let server: TestServer
  let browser: Browser
  let root: Person
  let people = 0
  const faults: string[] = []

  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startServer(), launchBrowser()])
    root = await setUp(server, 'root')
    const ben = await signUp(server, 'ben')
    await rest(server, root).post('/rooms', { id: 'quay', title: long, description: long })
    await rest(server, ben).put('/rooms/quay/members/me')
    await rest(server, ben).patch('/users/me', { display_name: unbroken.slice(0, 64) })
    const { body } = await rest(server, ben).post('/rooms/quay/messages', {
      content: `${unbroken}\n\`\`\`ts\n${unbroken}\n\`\`\`\n> ${unbroken}\n\nhttps://example.org/${unbroken}`,
    })
    await rest(server, root).post('/rooms/quay/messages', {
      content: 'نعم، في الرابعة @ben\n> البحر هادئ\n\n- مصابيح\n\n1. lamps',
      reply_to: body.seq,
    })
    await sendFile(server, ben, 'quay', pdf, `${unbroken.slice(0, 180)}.pdf`)
    await sendFile(server, ben, 'quay', await photo(2400, 300), 'wide.jpg')
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  /** An administrator, so that there is nothing that they do not see. */
  const enterWith = async (options: BrowserContextOptions): Promise<Actor> => {
    const context = await patient(browser, { reducedMotion: 'reduce', ...options })
    people += 1
    const username = `ada${people}`
    // Nobody else may be called like an administrator.
    const display_name = `${people}${long}`.slice(0, 64)
    const ada = await enter(context, server.url, { username, display_name }, faults)
    await ada.api('PUT', '/rooms/quay/members/me')
    await rest(server, root).put(`/users/${username}/roles/admin`)
    watchRequests(ada.page)
    await ada.page.reload()
    return ada
  }

  test.each(['en', 'de', 'zh', 'ar'])(
    'nothing stands beyond the edge of the smallest phone, and the page says its language: %s',
    async (locale) => {
      const ada = await enterWith({ ...smallest, locale })
      const found: string[] = []
      for (const address of addresses) {
        await go(ada, address)
        await settled(ada.page)
        found.push(...(await beyondTheEdge(ada.page)).map((each) => `${address}: ${each}`))
      }
      expect(found).toEqual([])
      const said = await ada.page.evaluate(() => [
        document.documentElement.lang,
        document.documentElement.dir,
      ])
      expect(said).toEqual([locale, locale === 'ar' ? 'rtl' : 'ltr'])
      await ada.page.context().close()
    },
  )

  test('with letters of twice the size (WCAG 2.2, 1.4.4) all of it still fits, and a room is called by its name', async () => {
    const ada = await enterWith({ ...smallest, viewport: { width: 390, height: 844 } })
    await ada.page.evaluate(() => {
      document.documentElement.style.fontSize = '32px'
    })
    const found: string[] = []
    for (const address of addresses) {
      await go(ada, address)
      await settled(ada.page)
      found.push(...(await beyondTheEdge(ada.page)).map((each) => `${address}: ${each}`))
    }
    expect(found).toEqual([])
    await go(ada, '#room=quay')
    expect((await ada.page.locator('.about h2').boundingBox())!.width).toBeGreaterThan(150)
    await ada.page.context().close()
  })

  test('the language changes without a reload; right-to-left languages mirror the page and its arrows', async () => {
    const { page } = await enterWith(desk)
    await page.evaluate(() => {
      location.hash = '#settings=look'
      ;(window as { stayed?: boolean }).stayed = true
    })
    const rooms = () => page.locator('.rooms').boundingBox()
    const arrow = () =>
      page.locator('.turning').evaluateAll((icons) => icons.map((icon) => getComputedStyle(icon).scale))
    expect((await rooms())!.x).toBe(0)
    expect(new Set(await arrow())).toEqual(new Set(['none']))

    await page.getByRole('radio', { name: 'العربية' }).check()
    await page.getByRole('heading', { name: 'الإعدادات' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.dir)).toBe('rtl')
    const { x, width } = (await rooms())!
    expect(x + width).toBe(desk.viewport.width)
    expect(new Set(await arrow())).toEqual(new Set(['-1 1']))
    // A menu opens where its button is.
    const button = page.locator('.rooms footer [aria-haspopup]')
    await button.click()
    const menu = (await page.getByRole('menu').boundingBox())!
    expect(Math.abs(menu.x - (await button.boundingBox())!.x)).toBeLessThan(2)
    await page.keyboard.press('Escape')

    await page.getByRole('radio', { name: '简体中文' }).check()
    await page.waitForFunction(
      () => document.documentElement.lang === 'zh' && document.documentElement.dir === 'ltr',
    )
    expect(await page.evaluate(() => (window as { stayed?: boolean }).stayed)).toBe(true)
    await page.context().close()
  })

  test('a list and a quote start at the side of their own language, on a page of any language', async () => {
    const ada = await enterWith(desk)
    await go(ada, '#room=quay')
    const read = (selector: string, text: string) =>
      ada.page
        .locator(`.words ${selector}`, { hasText: text })
        .evaluate((element) => getComputedStyle(element).direction)
    expect(await read('li', 'مصابيح')).toBe('rtl')
    expect(await read('blockquote', 'البحر')).toBe('rtl')
    expect(await read('li', 'lamps')).toBe('ltr')
    await ada.page.context().close()
  })

  test.each([
    ['light', 'no-preference', 4.5],
    ['dark', 'no-preference', 4.5],
    ['light', 'more', 7],
    ['dark', 'more', 7],
  ] as const)(
    'words stand out from their ground: %s, contrast: %s, at least %f to 1',
    async (colorScheme, contrast, least) => {
      const page = await browser.newPage({ colorScheme, contrast })
      await page.goto(server.url)
      await page.locator('.signed-out').waitFor()
      const colours = await coloursOf(page, [...new Set(Object.entries(inks).flatMap(([a, b]) => [a, ...b]))])
      const weak = Object.entries(inks).flatMap(([ink, grounds]) =>
        grounds.flatMap((ground) => {
          const ratio = contrastOf(colours[ink]!, colours[ground]!)
          return ratio < least ? [`${ink} on ${ground}: ${ratio.toFixed(2)}`] : []
        }),
      )
      expect(weak).toEqual([])
      await page.close()
    },
  )

  test('with forced colours, controls and the selection can still be seen', async () => {
    const ada = await enterWith({ ...desk, forcedColors: 'active', colorScheme: 'dark' })
    const { page } = ada
    await go(ada, '#room=quay')
    await page.locator('.message').first().waitFor()
    const style = (selector: string, name: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name)
    const [ink, canvas] = [await style('body', 'color'), await style('body', 'background-color')]
    expect(ink).not.toBe(canvas)
    expect(await style('.here-button .dot', 'background-color')).toBe(ink)
    expect(await style('.people .dot.away', 'border-top-color')).toBe(ink)
    expect(await style('.row[aria-current]', 'outline-style')).toBe('solid')
    expect(await style('.send', 'border-top-style')).toBe('solid')
    for (const icon of await page.locator('button svg, a svg').all())
      expect(await icon.evaluate((drawing) => getComputedStyle(drawing).stroke)).not.toBe(canvas)
    await page.keyboard.press('Control+k')
    expect(await style('[role="option"][aria-selected="true"]', 'outline-style')).toBe('solid')
    await page.context().close()
  })

  test('nothing broke on the way', () => expect(faults).toEqual([]))
})

/** What cannot be seen for being too wide; code and the row of tabs scroll by themselves. */
const beyondTheEdge = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth
    const wide = [...document.querySelectorAll('body *')].filter((element) => {
      const { left, right } = element.getBoundingClientRect()
      const hidden = element.closest('.unseen, pre *, .tabs *, svg *') || !element.checkVisibility()
      return !hidden && (left < -1 || right > width + 1)
    })
    return [
      ...(document.documentElement.scrollWidth > width ? ['the page scrolls sideways'] : []),
      ...wide.map(({ tagName, className }) => `${tagName}.${className}`),
    ]
  })

type Colour = readonly [number, number, number]

/** As the browser makes them of the tokens. */
const coloursOf = (page: Page, tokens: readonly string[]): Promise<Record<string, Colour>> =>
  page.evaluate(
    (names) =>
      Object.fromEntries(
        names.map((name) => {
          document.body.style.color = `var(--${name})`
          const [red, green, blue] = getComputedStyle(document.body)
            .color.match(/[\d.]+/g)!
            .map(Number)
          return [name, [red!, green!, blue!] as const]
        }),
      ),
    tokens,
  )

/** WCAG 2: contrast ratio. */
function contrastOf(one: Colour, other: Colour): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
