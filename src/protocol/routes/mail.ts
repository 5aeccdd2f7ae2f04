import { Nothing } from '../fields.ts'
import { Confirmation, MailSettings, MailSettingsChange } from '../mail.ts'
import type { Route } from '../route.ts'

export const mailRoutes = {
  'POST /auth/confirm': {
    summary: 'Confirm an email address with the token of a mail',
    description: 'It works once, within 24 hours, and only while the account still has this address.',
    access: 'public',
    body: Confirmation,
  },
  'POST /users/me/confirmation': {
    summary: 'Ask for another mail to confirm your email address',
    description: 'Nothing is sent if it is confirmed, or if you have none.',
    permit: 'person',
    budget: 'account',
    body: Nothing,
    status: 202,
  },
  'GET /users/me/mail': {
    summary: 'Get which mails you receive',
    permit: 'person',
    budget: 'read',
    reply: MailSettings,
  },
  'PATCH /users/me/mail': {
    summary: 'Change which mails you receive',
    description: 'The mails are in the language of this request (`Accept-Language`).',
    permit: 'person',
    budget: 'write',
    body: MailSettingsChange,
    reply: MailSettings,
  },
  'POST /mail/unsubscribe/:secret': {
    summary: 'Stop the mails of one kind, with the token of such a mail',
    description:
      'Mail programs send this (RFC 8058); the body is not read. The address is the secret. It can be done again.',
    access: 'public',
  },
  'GET /mail/unsubscribe/:secret': {
    summary: 'Open the page that asks whether to stop the mails',
    access: 'public',
    status: 303,
  },
} as const satisfies Record<string, Route>
