// Longer than 300 lines: the acts build on each other in one room, and a server and a browser of their own for each would take minutes.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { startServer, type TestServer } from '../support/server.ts'
import { go, noteFaults, willBeMarked } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

type Person = { context: BrowserContext; page: Page; post: (text: string, more?: object) => Promise<number> }

describe.skipIf(!browserIsThere())('the timeline, between a phone and a desk', () => {
  let server: TestServer
  let browser: Browser
  /** At the desk; the room is his. */
  let ben: Person
  /** On a phone. */
  let cleo: Person
  let first: number
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    ben = await enter(await desk(browser), 'ben')
    await ben.context.request.post(`${server.url}/rooms`, { ...own(), data: { id: 'quay', title: 'Quay' } })
    cleo = await enter(await phone(browser), 'cleo')
    await cleo.context.request.put(`${server.url}/rooms/quay/members/me`, own())
    first = await ben.post('The first of many')
    for (let at = 0; at < 250; at += 50)
      await Promise.all(Array.from({ length: 50 }, (_, index) => ben.post(`Line ${at + index}`)))
    for (const { page } of [ben, cleo]) {
      await page.goto(`${server.url}/#room=quay`)
      await page.getByRole('region', { name: 'Messages', exact: true }).waitFor()
    }
    await lines(cleo).last().waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const own = () => ({ headers: { origin: server.url } })

  async function enter(context: BrowserContext, username: string): Promise<Person> {
    const page = await context.newPage()
    noteFaults(page, faults)
    const data = {
      username,
      email: `${username}@example.org`,
      password: 'the tide turns at four',
      display_name: username === 'ben' ? 'Ben Okafor' : 'Cleo Marchetti',
    }
    const headers = { 'x-session': 'cookie', origin: server.url }
    await context.request.post(`${server.url}/auth/signup`, { headers, data })
    const post = async (content: string, more: object = {}) => {
      const answer = await context.request.post(`${server.url}/rooms/quay/messages`, {
        ...own(),
        data: { content, ...more },
      })
      return (await answer.json()).seq as number
    }
    return { context, page, post }
  }

  const lines = ({ page }: Person) => page.locator('.message')
  /** By its own words, not by those of a message it answers. */
  const line = ({ page }: Person, text: string) =>
    page
      .locator('.message:not(.sending)')
      .filter({ has: page.locator('.words', { hasText: text }) })
      .last()
  const at = ({ page }: Person, seq: number) => page.locator(`[data-seq="${seq}"]`)
  const write = async ({ page }: Person, text: string) => {
    const box = page.getByRole('textbox', { name: /^Message / })
    await box.fill(text)
    await page.locator('form.composer [type=submit]').click()
  }
  const menu = async (person: Person, of: Locator, choice: string) => {
    await of.hover()
    await of.getByRole('button', { name: 'More' }).click()
    await person.page.getByRole('menuitem', { name: choice, exact: true }).click()
  }
  const hold = async ({ context, page }: Person, of: Locator) => {
    // It stands still, and nothing covers it.
    await of.locator('.words').click({ trial: true })
    const { x, y } = await atRest(page, of.locator('.words'))
    const touch = await context.newCDPSession(page)
    const touchPoints = [{ x: x + 40, y: y + 8 }]
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints })
    await page.getByRole('dialog').waitFor()
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  }

  test('an emoji found by its name is a reaction that the other sees, and may share', async () => {
    await write(ben, 'Who brings the lobster?')
    await line(ben, 'lobster?').hover()
    await line(ben, 'lobster?').getByRole('button', { name: 'React', exact: true }).click()
    await ben.page.getByRole('searchbox', { name: 'Search emoji' }).fill('lobs')
    await ben.page.getByRole('button', { name: /^React with .?lobster/ }).click()
    const seen = line(cleo, 'lobster?').getByRole('button', { name: /lobster/ })
    await seen.click()
    await line(ben, 'lobster?')
      .getByRole('button', { name: /lobster.*, 2, including you/ })
      .waitFor()
    await line(cleo, 'lobster?').locator('.reaction[aria-pressed="true"]').waitFor()
  })

  test('with a mouse, the emoji that you use most are one step away, and the second click takes the reaction back', async () => {
    const seen = line(cleo, 'lobster?').getByRole('button', { name: /lobster/ })
    await seen.getByText('2').waitFor()
    for (const [on, count] of [
      [false, 1],
      [true, 2],
    ] as const) {
      await line(ben, 'lobster?').hover()
      await line(ben, 'lobster?')
        .getByRole('button', { name: /^React with .?lobster/ })
        .click()
      await seen.getByText(String(count)).waitFor()
      await line(ben, 'lobster?').locator(`.reaction[aria-pressed="${on}"]`).waitFor()
    }
  })

  test('on a phone a long press offers everything; a reply shows whom and what it replies to', async () => {
    await hold(cleo, line(cleo, 'lobster?'))
    await cleo.page.getByRole('dialog').getByRole('button', { name: 'Reply', exact: true }).click()
    await write(cleo, 'I do, at noon.')
    const quote = line(ben, 'I do, at noon.').getByRole('button', { name: /^Replies to/ })
    expect(await quote.innerText()).toContain('Ben Okafor')
    expect(await quote.innerText()).toContain('Who brings the lobster?')

    await hold(cleo, line(cleo, 'I do, at noon.'))
    await cleo.page
      .getByRole('dialog')
      .getByRole('button', { name: /^React with .?party popper/ })
      .click()
    await line(ben, 'I do, at noon.')
      .getByRole('button', { name: /party popper/ })
      .waitFor()
  })

  test('an edit shows its mark, and the quote of it follows', async () => {
    await menu(ben, line(ben, 'Who brings the lobster?'), 'Edit')
    await write(ben, 'Who brings the *crab*?')
    await line(cleo, 'Who brings the crab?')
      .getByText(/edited/)
      .waitFor()
    const quote = line(ben, 'I do, at noon.').getByRole('button', { name: /^Replies to/ })
    await quote.getByText('Who brings the crab?').waitFor()
    await line(ben, 'I do, at noon.').hover()
    await line(ben, 'I do, at noon.').getByRole('button', { name: 'More' }).click()
    expect(await ben.page.getByRole('menuitem', { name: 'Edit' }).count()).toBe(0)
    await ben.page.keyboard.press('Escape')
  })

  test('the mark of an edit leads to what the message said before', async () => {
    await line(cleo, 'Who brings the crab?')
      .getByRole('button', { name: /edited/ })
      .tap()
    const sheet = cleo.page.getByRole('dialog', { name: 'Earlier versions' })
    await sheet.getByText('Who brings the crab?').waitFor()
    expect(await sheet.getByRole('listitem').locator('.words').allInnerTexts()).toEqual([
      'Who brings the lobster?',
      'Who brings the crab?',
    ])
    if (process.env.SHOTS) await cleo.page.screenshot({ path: `${process.env.SHOTS}/versions.png` })
    await cleo.page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
  })

  test('a moderator pins; the list of pins leads there from anywhere', async () => {
    await at(ben, first).waitFor({ state: 'detached' })
    await go(ben, `#room=quay&seq=${first}`)
    await at(ben, first).waitFor()
    await menu(ben, at(ben, first), 'Pin')
    await at(ben, first).getByText('Pinned').waitFor()
    await cleo.page.getByRole('button', { name: 'Pinned messages' }).click()
    const pins = cleo.page.getByRole('dialog', { name: 'Pinned messages' })
    await pins.getByText('The first of many').waitFor()
    await pins.getByRole('link', { name: /Jump to the message from/ }).click()
    await at(cleo, first).waitFor()
    expect(await at(cleo, first).getAttribute('class')).toContain('found')
    // It is far from the end, and the way back is one step.
    expect(await line(cleo, 'I do, at noon.').count()).toBe(0)
    await cleo.page.getByRole('button', { name: 'Jump to latest' }).click()
    await line(cleo, 'I do, at noon.').waitFor()
    await ben.page.getByRole('button', { name: 'Jump to latest' }).click()
  })

  test('a part of the log that was jumped to is live, and scrolling on from it leads to the end', async () => {
    await go(ben, `#room=quay&seq=${first + 1}`)
    await at(ben, first + 1).waitFor()
    await cleo.context.request.put(
      `${server.url}/rooms/quay/messages/${first + 1}/reactions/${encodeURIComponent('👀')}`,
      own(),
    )
    await at(ben, first + 1)
      .getByRole('button', { name: /eyes/ })
      .waitFor()
    await ben.page.getByRole('region', { name: 'Messages', exact: true }).hover()
    for (let turn = 0; turn < 80 && (await line(ben, 'I do, at noon.').count()) === 0; turn++) {
      await ben.page.mouse.wheel(0, 700)
      await ben.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
    }
    await line(ben, 'I do, at noon.').waitFor()
    await ben.page.keyboard.press('Escape')
  })

  test('a link to a missing or deleted message says so', async () => {
    const gone = await ben.post('Soon to be gone')
    await menu(ben, line(ben, 'Soon to be gone'), 'Delete')
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await at(cleo, gone).getByText('This message was deleted').waitFor()
    await go(cleo, `#room=quay&seq=${gone}`)
    await cleo.page.getByText('This message was deleted.').waitFor()
    await go(cleo, '#room=quay&seq=999999')
    await cleo.page.getByText("This message doesn't exist.").waitFor()
  })

  test('a reply to a message that is not loaded fetches it, and leads to it', async () => {
    await cleo.post('Long ago indeed', { reply_to: first })
    await ben.page.reload()
    const quote = line(ben, 'Long ago indeed').getByRole('button', { name: /^Replies to/ })
    await quote.getByText('The first of many').waitFor()
    await quote.click()
    await at(ben, first).waitFor()
    await ben.page.getByRole('button', { name: 'Jump to latest' }).click()
    await line(ben, 'Long ago indeed').waitFor()
  })

  test('on entering, the page shows how much you missed, and keeps the line above it until you leave', async () => {
    await go(cleo, '#room=quay')
    await cleo.page.getByRole('region', { name: 'Messages', exact: true }).press('End')
    await line(cleo, 'Long ago indeed').waitFor()
    await go(cleo, '#list')
    await cleo.page.getByRole('link', { name: /^# Quay|^Quay/ }).waitFor()
    const missed = await ben.post('Missed, the first')
    for (let index = 0; index < 60; index++) await ben.post(`Missed ${index}`)
    // Ben has his answers before she has heard of all of them; entering earlier, she would have missed fewer.
    await cleo.page.getByRole('link', { name: /Quay.*61 unread/ }).click()
    const bar = cleo.page.getByRole('button', { name: /^61 new .*Jump/ })
    await bar.click()
    await at(cleo, missed).waitFor()
    await cleo.page.getByRole('heading', { name: 'New', exact: true }).waitFor()
    await bar.waitFor({ state: 'detached' })
    await write(cleo, 'Read it all.')
    await line(ben, 'Read it all.').waitFor()
    await go(cleo, '#list')
    await go(cleo, '#room=quay')
    await line(cleo, 'Read it all.').waitFor()
    expect(await cleo.page.getByRole('heading', { name: 'New', exact: true }).count()).toBe(0)
  })

  test('all of it by keyboard: to a line, its menu, its author, a reaction, and back', async () => {
    const { page } = ben
    await page.getByRole('region', { name: 'Messages', exact: true }).focus()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowDown')
    expect(await focused(page)).toContain('Read it all.')
    await page.keyboard.press('Enter')
    await page.getByRole('menu').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    expect(await focused(page)).toContain('Read it all.')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Cleo Marchetti' }).waitFor()
    await page.keyboard.press('Escape')
    // Gone from the page, and not only from sight: then the focus is where it came from.
    await page.locator('dialog').waitFor({ state: 'detached' })
    await line(ben, 'Read it all.').getByRole('toolbar').waitFor()
    expect(await focused(page)).toBe('Cleo Marchetti')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.type('anchor')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await line(cleo, 'Read it all.')
      .getByRole('button', { name: /anchor/ })
      .waitFor()
    await page.keyboard.press('Escape')
    const marked = willBeMarked(ben, { seq: first })
    await page.keyboard.press('Home')
    await marked
    await page.getByText('This is the beginning of the conversation.').waitFor()
    await page.keyboard.press('End')
    await line(ben, 'Read it all.').waitFor()
  })

  // A browser makes up a mouse where the finger was, and another line came to lie there.
  test('on a phone only the line that was touched offers its acts', async () => {
    const { page } = cleo
    const bars = page.locator('.line-bar')
    for (const text of ['Touched first', 'Touched second']) {
      await ben.post(text)
      await line(cleo, text).locator('.words').tap()
      await line(cleo, text).getByRole('toolbar').waitFor()
      expect(await bars.count()).toBe(1)
    }
    await line(cleo, 'Touched second').getByRole('button', { name: 'Reply', exact: true }).tap()
    await page.getByText(/Replying to/).waitFor()
    await bars.first().waitFor({ state: 'detached' })
    await line(cleo, 'Touched first').locator('.words').hover()
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    )
    expect(await bars.count()).toBe(0)
    await page.getByRole('button', { name: 'Cancel reply' }).tap()
  })

  test('the acts of a line by keyboard alone: edit, pin, copy, delete', async () => {
    const { page } = ben
    await ben.post('Mine to change')
    await line(ben, 'Mine to change').waitFor()
    const choose = async (choice: string) => {
      await page.getByRole('region', { name: 'Messages', exact: true }).focus()
      await page.keyboard.press('ArrowUp')
      expect(await focused(page)).toContain('Mine to change')
      await page.keyboard.press('Shift+F10')
      const item = page.getByRole('menuitem', { name: choice, exact: true })
      await item.waitFor()
      for (let turn = 0; turn < 9 && !(await item.evaluate(isFocused)); turn++)
        await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
    }
    await choose('Edit')
    await page.waitForFunction(() => document.activeElement?.matches('textarea'))
    await page.keyboard.type(' as I like')
    await page.keyboard.press('Enter')
    await line(cleo, 'Mine to change as I like').waitFor()
    await choose('Pin')
    await line(ben, 'Mine to change').getByText('Pinned').waitFor()
    // Back in the line, on the button that the menu came from.
    await page.keyboard.press('Escape')
    expect(await focused(page)).toContain('Mine to change')
    await choose('Copy link')
    await page.getByText('Link copied.').waitFor()
    await choose('Delete')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
    expect(await focusedLine(page)).toContain('Mine to change')
    await choose('Delete')
    const sure = page.getByRole('dialog').getByRole('button', { name: 'Delete' })
    await sure.waitFor()
    for (let turn = 0; turn < 4 && !(await sure.evaluate(isFocused)); turn++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await line(ben, 'Mine to change').waitFor({ state: 'detached' })
    expect(await focusedLine(page)).toContain('This message was deleted')

    const theirs = await cleo.post('Gone while somebody is at it')
    await at(ben, theirs).waitFor()
    await page.getByRole('region', { name: 'Messages', exact: true }).focus()
    await page.keyboard.press('ArrowUp')
    await at(ben, theirs).getByRole('button', { name: 'More' }).focus()
    await cleo.context.request.delete(`${server.url}/rooms/quay/messages/${theirs}`, own())
    // It has no line of its own next to another deleted message.
    await page.getByText('2 messages were deleted').waitFor()
    expect(await focusedLine(page)).toContain('2 messages were deleted')
  })

  test('a refused reply stays, and its target is reached with the Tab key', async () => {
    const silence = `${server.url}/rooms/quay/members/cleo/silence`
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const { page } = cleo
    await page.getByRole('region', { name: 'Messages', exact: true }).press('End')
    await hold(cleo, line(cleo, 'Read it all.'))
    await page.getByRole('dialog').getByRole('button', { name: 'Reply', exact: true }).click()
    // Silenced while the answer is on its way.
    await cleo.context.setOffline(true)
    await write(cleo, 'And again.')
    await ben.context.request.put(silence, { ...own(), data: { until } })
    await cleo.context.setOffline(false)
    const failed = page.locator('.message.failed')
    await failed.waitFor()
    await page.getByRole('region', { name: 'Messages', exact: true }).focus()
    const quote = failed.getByRole('button', { name: /^Replies to/ })
    for (let turn = 0; turn < 9 && !(await quote.evaluate(isFocused)); turn++)
      await page.keyboard.press('Tab')
    expect(await quote.evaluate(isFocused)).toBe(true)
    await page.keyboard.press('Enter')
    await page.locator('.found').getByText('Read it all.').waitFor()
    await ben.context.request.delete(silence, own())
    await failed.getByRole('button', { name: 'Try again' }).click()
    await line(ben, 'And again.').waitFor()
  })

  // The end was reached without the page being drawn again, and what had come stayed unread.
  test('messages that arrive while you have scrolled up a little are marked read at the end', async () => {
    const { page } = cleo
    const scroll = (byPx: number) =>
      page.locator('.scroll').evaluate((box, by) => {
        box.scrollTop += by
      }, byPx)
    await page.getByRole('region', { name: 'Messages', exact: true }).press('End')
    await line(cleo, 'And again.').waitFor()
    await scroll(-200)
    await page.evaluate(nextFrame)
    const news = await ben.post('While you were up there\n\n'.repeat(7))
    await at(cleo, news).waitFor()
    expect(await page.title()).toStartWith('(1)')
    const rule = page.getByRole('heading', { name: 'New', exact: true })
    while (!(await rule.evaluate(isInView))) {
      await scroll(20)
      await page.evaluate(nextFrame)
    }
    expect(await page.title()).toStartWith('(1)')
    await scroll(10_000)
    await page.waitForFunction(() => !document.title.startsWith('('))
  })

  test('Markdown is drawn, and what looks like markup stays text', async () => {
    const hostile = '<img src=x onerror=alert(1)> [x](javascript:alert(1)) **<b>bold</b>**'
    await cleo.post(hostile)
    await cleo.post('```js\nlet tide = 4\n```\n- one\n- two\n\n@ben, see https://tides.example/today.')
    await line(ben, 'let tide').waitFor()
    const said = line(ben, '<img')
    expect(await said.locator('.words').innerText()).toBe(
      '<img src=x onerror=alert(1)> [x](javascript:alert(1)) <b>bold</b>',
    )
    expect(await said.locator('strong').innerText()).toBe('<b>bold</b>')
    expect(await ben.page.locator('.log img, .log script, .log b').count()).toBe(0)
    const code = line(ben, 'let tide')
    expect(await code.locator('pre').innerText()).toBe('let tide = 4')
    expect(await code.locator('li').allInnerTexts()).toEqual(['one', 'two'])
    expect(await code.locator('.mention.own').innerText()).toBe('@ben')
    const link = code.getByRole('link')
    expect(await link.getAttribute('href')).toBe('https://tides.example/today')
    expect(await link.getAttribute('rel')).toContain('nofollow')
    await ben.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url })
    await code.getByRole('button', { name: 'Copy code' }).click()
    const copied = (end: string) =>
      ben.page.waitForFunction(
        async (end) => new RegExp(`${end}$`).test(await navigator.clipboard.readText()),
        end,
      )
    await copied('^let tide = 4')
    await menu(ben, said, 'Copy link')
    await ben.page.getByText('Link copied.').waitFor()
    await copied('/#room=quay&seq=\\d+')
  })

  test('a right click opens the menu of a message where the pointer is; over a link or selected text the browser’s stays', async () => {
    const { page } = ben
    await cleo.post('The *menu* of this one, see https://tides.example/menu')
    const said = line(ben, 'The menu of this one')
    const opened = page.getByRole('menu', { name: 'Message actions' })
    const word = said.locator('em')
    await word.click({ button: 'right' })
    await opened.waitFor()
    const [from, at] = [(await word.boundingBox())!, (await opened.boundingBox())!]
    expect(Math.abs(at.x - (from.x + from.width / 2))).toBeLessThan(4)
    expect((await opened.getByRole('menuitem').allInnerTexts()).slice(0, 2)).toEqual(['React', 'Reply'])
    await page.keyboard.press('Escape')
    await opened.waitFor({ state: 'detached' })
    expect(await said.evaluate((element) => element === document.activeElement)).toBe(true)

    await word.click({ button: 'right' })
    await opened.getByRole('menuitem', { name: 'Reply', exact: true }).click()
    await page.getByRole('textbox', { name: /^Message / }).press('Escape')

    const isOurs = (target: Locator) =>
      target.evaluate(
        (element) =>
          !element.dispatchEvent(new PointerEvent('contextmenu', { bubbles: true, cancelable: true })),
      )
    expect(await isOurs(said.getByRole('link'))).toBe(false)
    await word.dblclick()
    expect(await isOurs(word)).toBe(false)
    await page.evaluate(() => getSelection()?.removeAllRanges())
    expect(await isOurs(word)).toBe(true)
    await opened.waitFor()
    await page.keyboard.press('Escape')
    await opened.waitFor({ state: 'detached' })
  })

  test('tables, tasks, nested lists and links to Chinese addresses are drawn, and the phone does not scroll sideways', async () => {
    await cleo.post(`| Day | High |\n|:-:|--:|\n| Mon | ${'tide'.repeat(30)} |\n\n---`)
    await cleo.post(
      '- [x] rope\n- [ ] tar\n    - brush\n    - bucket\n\n~~gone~~ 见https://tides.example/a，谢谢',
    )
    const table = line(ben, 'High')
    await table.getByRole('table').waitFor()
    expect(await table.getByRole('columnheader').allInnerTexts()).toEqual(['Day', 'High'])
    expect(await table.getByRole('cell').first().innerText()).toBe('Mon')
    expect(await table.locator('hr').count()).toBe(1)
    const list = line(ben, 'bucket')
    await list.waitFor()
    const boxes = list.getByRole('checkbox')
    expect(await boxes.count()).toBe(2)
    expect([await boxes.first().isChecked(), await boxes.last().isChecked()]).toEqual([true, false])
    expect(await list.locator('.task li').allInnerTexts()).toEqual(['brush', 'bucket'])
    expect(await list.locator('s').innerText()).toBe('gone')
    expect(await list.getByRole('link').getAttribute('href')).toBe('https://tides.example/a')
    await line(cleo, 'bucket').waitFor()
    expect(await cleo.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    const scroller = line(cleo, 'High').locator('.table')
    expect(await scroller.evaluate((each) => each.scrollWidth > each.clientWidth)).toBe(true)
  })

  test('the line you read keeps its place, whatever arrives or grows', async () => {
    const { page } = cleo
    const marked = willBeMarked(cleo, { seq: first + 120 })
    await go(cleo, `#room=quay&seq=${first + 120}`)
    await marked
    await page.waitForFunction(() => document.querySelectorAll('.message').length > 60)
    const place = async () => (await at(cleo, first + 120).boundingBox())!.y
    const before = await place()
    const grow = (seq: number) =>
      ben.context.request.patch(`${server.url}/rooms/quay/messages/${seq}`, {
        ...own(),
        data: { content: 'Grown\n\n'.repeat(9) },
      })
    await grow(first + 100)
    await at(cleo, first + 100)
      .getByText('Grown')
      .first()
      .waitFor()
    await ben.post('And one more at the end')
    expect(Math.abs((await place()) - before)).toBeLessThan(3)
    await page.setViewportSize({ width: 360, height: 640 })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    )
    expect(Math.abs((await place()) - before)).toBeLessThan(3)
    await page.getByRole('button', { name: /latest/ }).click()
    await line(cleo, 'And one more').waitFor()
  })

  test('a message that arrives before the page hears that you have scrolled up does not take you back', async () => {
    const { page } = cleo
    await page.getByRole('region', { name: 'Messages', exact: true }).press('End')
    await page.evaluate(nextFrame)
    // A busy page: the event of this movement is still to come.
    const held = await page.evaluateHandle(() => {
      const hold = new AbortController()
      const stop = (event: Event) => event.stopImmediatePropagation()
      window.addEventListener('scroll', stop, { capture: true, signal: hold.signal })
      return hold
    })
    await page.locator('.scroll').evaluate((box) => {
      box.scrollTop -= 400
    })
    const above = () =>
      page.locator('.scroll').evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)
    const before = await above()
    await at(cleo, await ben.post('Come down here')).waitFor()
    await page.evaluate(nextFrame)
    expect(await above()).toBeGreaterThan(before)
    await held.evaluate((hold) => hold.abort())
    await page.getByRole('region', { name: 'Messages', exact: true }).press('End')
  })

  test('a change of the room shows as a line, and a direct room shows that a message was read', async () => {
    await ben.context.request.patch(`${server.url}/rooms/quay`, { ...own(), data: { title: 'Old Quay' } })
    await cleo.page.getByText(/Ben Okafor\W* renamed the room to \W*Old Quay/).waitFor()
    const direct = await ben.context.request.post(`${server.url}/directs`, {
      ...own(),
      data: { usernames: ['cleo'] },
    })
    const { id } = await direct.json()
    await go(ben, `#room=${id}`)
    await write(ben, 'Only for you')
    await go(cleo, `#room=${id}`)
    await line(ben, 'Only for you').getByText('Read', { exact: true }).waitFor()
    // Both events came once, when it happened; a page that is opened later asks for them.
    await ben.page.reload()
    await line(ben, 'Only for you').getByText('Read', { exact: true }).waitFor()
    await go(ben, '#room=quay')
    await ben.page.getByText(/renamed the room to \W*Old Quay/).waitFor()
  })

  test('nothing broke on the way', () => expect(faults).toEqual([]))
})

const nextFrame = () => new Promise<void>((resolve) => requestAnimationFrame(() => resolve()))

const isInView = (element: Element) =>
  element.getBoundingClientRect().top < document.querySelector('.scroll')!.getBoundingClientRect().bottom

const isFocused = (element: Element) => element === document.activeElement

const focused = (page: Page) =>
  page.evaluate(() => {
    const held = document.activeElement as HTMLElement
    // The text of the body would be every text there is.
    return held === document.body ? '' : held.innerText
  })

const focusedLine = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-seq]')?.innerText ?? '')

/** Where it is, once it has been there for ten frames: a composer that shrinks moves the lines above it. */
async function atRest(page: Page, of: Locator): Promise<{ x: number; y: number }> {
  for (let before = await of.boundingBox(); ; ) {
    for (let frame = 0; frame < 10; frame++) await page.evaluate(nextFrame)
    const now = await of.boundingBox()
    if (now && now.y === before?.y) return now
    before = now
  }
}
