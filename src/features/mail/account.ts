import { ChatError } from '../../protocol/errors.ts'
import type { MailSettings, MailSettingsChange } from '../../protocol/mail.ts'
import type { Person, Scope, Tools } from '../../scope.ts'
import { type Entering, onEntered } from '../auth/entered.ts'
import { take } from '../auth/limits.ts'
import { limitAttempts } from '../auth/rates.ts'
import { actAs } from '../auth/redeem.ts'
import { type Language, languageOf } from './languages.ts'
import { queueMail } from './queue.ts'
import { findMailSettings, storeMailSettings } from './store.ts'

/** New accounts confirm their address; a sign-in on a new device is reported to the address. */
export function watchAccounts(tools: Tools): void {
  if (!tools.policy.mail) return
  onEntered(tools, async (entering) => {
    if (entering.on === 'new_account') await askToConfirm(tools, entering.person, entering.request)
    if (entering.on === 'new_device') await reportDevice(tools, entering)
  })
}

/** Not more often than one address may get such a mail: the account is there all the same, and may ask for it later. */
export async function askToConfirm(tools: Tools, { id, email }: Person, request: Request): Promise<void> {
  if (!tools.policy.mail || email === null) return
  if (take(tools, 'confirm_email', email) === undefined)
    await queueConfirmation(tools, { id, email }, request)
}

type Addressed = { id: string; email: string }

/** In the language in which the person has just given the address: later mails are in it too. */
async function queueConfirmation(tools: Tools, { id, email }: Addressed, request: Request): Promise<void> {
  const language = languageOf(request)
  await storeMailSettings(tools.sql, id, { language })
  await queueMail(tools, { kind: 'confirm', user: id, address: email, once: `${id} ${email}`, language })
}

async function reportDevice(tools: Tools, { person, request }: Entering): Promise<void> {
  if (!person.emailConfirmed) return
  const device = shownDevice(request)
  await queueMail(tools, {
    kind: 'device',
    user: person.id,
    once: `${person.id} ${device}`,
    language: languageOf(request),
    detail: { at: tools.clock().toISOString(), device },
  })
}

const mostShown = 120

/** What a browser says of itself, without what could be more than a line of text. */
function shownDevice(request: Request): string {
  const text = (request.headers.get('user-agent') ?? '')
    .replace(/[^\x20-\x7e]/g, '')
    .replace(/https?:\S*/gi, '')
  return text.slice(0, mostShown).trim()
}

export async function sendConfirmation(scope: Scope, request: Request): Promise<void> {
  const { id, email, emailConfirmed } = scope.actor
  if (!scope.policy.mail) throw new ChatError('no_mail')
  if (email === null || emailConfirmed) return
  limitAttempts(scope, 'email', id)
  limitAttempts(scope, 'confirm_email', email)
  await queueConfirmation(scope, { id, email }, request)
}

export async function showMailSettings(scope: Scope): Promise<MailSettings> {
  const { newDevice, missed } = await findMailSettings(scope.sql, scope.actor.id)
  return { new_device: newDevice, missed }
}

/** The language of the request is that of the person: they set this in their own page. */
export async function changeMailSettings(
  scope: Scope,
  { new_device, missed }: MailSettingsChange,
  language: Language,
): Promise<MailSettings> {
  await actAs(scope, 'self', async (sql) => {
    const before = await findMailSettings(sql, scope.actor.id)
    await storeMailSettings(sql, scope.actor.id, {
      language,
      ...(new_device !== undefined && { newDevice: new_device }),
      ...(missed !== undefined && { missed }),
      // What was missed before is in no mail.
      ...(missed && !before.missed && { missedUntil: scope.clock() }),
    })
  })
  return showMailSettings(scope)
}
