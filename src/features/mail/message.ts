import MailComposer from 'nodemailer/lib/mail-composer'
import type { MailPolicy } from '../../scope.ts'
import { isEmail } from '../../text/email.ts'
import type { Composed } from './compose.ts'
import { writeLetter } from './letter.ts'

/** An address that would add a header or a recipient is none; addresses that were stored before there was a check are checked here. */
export const isSafeAddress = (address: string): boolean =>
  isEmail(address) && address.length <= 254 && !/[\s<>,;:"()[\]\\]/.test(address)

/** RFC 5322, with text and HTML. The same mail has the same Message-ID at each try. */
export async function messageOf(
  { from }: MailPolicy,
  site: string,
  id: string,
  { to, language, letter, oneClick }: Composed,
): Promise<Buffer> {
  const written = writeLetter(letter, language, site)
  const message = new MailComposer({
    from: { name: from.name, address: from.address },
    to: { name: '', address: to },
    subject: oneLine(written.subject),
    text: written.text,
    html: written.html,
    messageId: `<${id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
    headers: {
      // RFC 3834: no vacation responder answers.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': language,
      ...(oneClick !== undefined && {
        'List-Unsubscribe': `<${oneClick}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return message.compile().build()
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
