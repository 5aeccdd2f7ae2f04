import type { Browser, BrowserContext } from 'playwright-core'

/** A person with an account and their own browser, signed in. */
export type Actor = { username: string; ask(method: string, path: string, body?: object): Promise<Answer> }
type Answer = { [field: string]: unknown }

const people = {
  cleo: 'Cleo Marchetti',
  ben: 'Ben Okafor',
  dan: 'Dan Lindqvist',
  aya: '佐藤 彩',
  salma: 'سلمى حداد',
} as const
export type Name = keyof typeof people

export type Cast = Record<Name, { actor: Actor; context: BrowserContext }>

export const walk = 'lantern-walk'

/** A harbour town's community, in the middle of a morning. */
export async function setScene(browser: Browser, url: string): Promise<Cast> {
  const entries = await Promise.all(
    (Object.keys(people) as Name[]).map(async (name) => [name, await enter(browser, url, name)] as const),
  )
  const cast = Object.fromEntries(entries) as Cast
  const { cleo, ben, dan, aya, salma } = cast
  const everyone = [cleo, ben, dan, aya, salma].map(({ actor }) => actor)

  await makeRoom(cleo.actor, walk, 'Lantern walk', 'Friday, from the small pier', everyone)
  await makeRoom(dan.actor, 'tides', 'Tide tables', 'What the water will do', everyone)
  await makeRoom(salma.actor, 'workshop', 'Workshop', 'Ropes, sails, varnish', everyone)
  await makeRoom(cleo.actor, 'bread', 'Bread', 'Who bakes, who slices', [aya.actor])
  await makeRoom(salma.actor, 'swimming', 'Swimming before seven', 'Cold, and then not', [cleo.actor])
  const office = await dan.actor.ask('POST', '/rooms', { title: 'Harbour office', access: 'closed' })
  await dan.actor.ask('PUT', `/rooms/${office.id}/members/cleo`)
  for (const actor of everyone) await actor.ask('PUT', '/rooms/general/members/me')

  const react = ({ actor }: { actor: Actor }, seq: number, emoji: string) =>
    actor.ask('PUT', `/rooms/${walk}/messages/${seq}/reactions/${encodeURIComponent(emoji)}`)

  await say(cleo, walk, 'Morning! The ferry goes at **ten**, not at nine.')
  await say(cleo, walk, 'Who brings the lanterns?')
  const lanterns = await say(
    dan,
    walk,
    'I have four in the shed, two of them even work:\n\n- the red one, new wick\n- the green one, *mostly* glass',
  )
  for (const who of [cleo, ben, aya]) await react(who, lanterns, '🏮')
  await react(salma, lanterns, '👏')
  await say(ben, walk, 'Then I bring batteries. And the good thermos ☕', lanterns)
  await say(aya, walk, 'I can take the slow walkers. 橋で会いましょう')
  await say(salma, walk, 'سأحضر القهوة والتمر')
  const meeting = await say(
    cleo,
    walk,
    'Perfect. Meet at the small pier, the big one is closed. @ben, the key is under the blue pot.',
  )
  await say(
    dan,
    walk,
    'Moved us to the new machine meanwhile. Did anyone notice?\n\n```sh\nparley backup - | ssh pier parley restore -\n```',
  )
  const end = await say(ben, walk, 'Not a line lost. See you at ten!')
  await react(cleo, end, '⛵')
  await react(salma, end, '⛵')
  await react(ben, meeting, '👍')
  for (const actor of everyone) await actor.ask('PUT', `/rooms/${walk}/read`, { seq: end })
  await openDirect(cleo.actor, 'dan')
  return cast
}

/** Messages that arrive in other rooms. */
export async function goOn({ ben, aya, salma }: Cast): Promise<void> {
  await say(aya, 'tides', 'High water at 11:40.')
  await say(ben, 'tides', 'Neap until Sunday.')
  await say(salma, 'workshop', 'The varnish is dry, @cleo.')
  const direct = await openDirect(aya.actor, 'cleo')
  await say(aya, direct, 'Shall I bring the map?')
}

const say = async ({ actor }: { actor: Actor }, room: string, content: string, reply_to?: number) =>
  Number(
    (
      await actor.ask('POST', `/rooms/${room}/messages`, {
        content,
        ...(reply_to === undefined ? {} : { reply_to }),
      })
    ).seq,
  )

const openDirect = async (actor: Actor, username: string) =>
  String((await actor.ask('POST', '/directs', { usernames: [username] })).id)

async function makeRoom(owner: Actor, id: string, title: string, description: string, others: Actor[]) {
  await owner.ask('POST', '/rooms', { id, title, description })
  for (const actor of others) if (actor !== owner) await actor.ask('PUT', `/rooms/${id}/members/me`)
}

/** A time zone in which it is after nine in the morning now: `Etc/GMT+3` is three hours behind Greenwich. */
const behind = ((new Date().getUTCHours() + 2) % 24) - 11
const timezoneId = `Etc/GMT${behind < 0 ? '' : '+'}${behind}`
const desk = { viewport: { width: 1200, height: 896 }, deviceScaleFactor: 1, timezoneId }
const pocket = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true, timezoneId }

async function enter(browser: Browser, url: string, username: Name) {
  const context = await browser.newContext(username === 'ben' ? pocket : desk)
  const ask: Actor['ask'] = async (method, path, body) => {
    const answer = await context.request.fetch(url + path, {
      method,
      headers: { origin: url, 'x-session': 'cookie' },
      ...(body ? { data: body } : {}),
    })
    const text = await answer.text()
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${text}`)
    return text ? JSON.parse(text) : {}
  }
  await ask('POST', '/auth/signup', {
    username,
    email: `${username}@example.org`,
    password: 'a lantern for everyone',
    display_name: people[username],
  })
  return { actor: { username, ask }, context }
}
