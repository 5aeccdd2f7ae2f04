/**
 * `{site}` is the host of PUBLIC_URL, behind the name that an administrator has given the community. No other text has a name that somebody chose, because anybody could write to strangers by it; only that about what was missed has, which
 * nobody gets who has not asked for it.
 */
export const en = {
  'reset.subject': 'A new password for {site}',
  'reset.text': 'Someone, probably you, has forgotten the password of your account at {site}.',
  'reset.how':
    'With this link you choose a new one. It works once, within 30 minutes. You will be signed out on all devices.',
  'reset.action': 'Choose a new password',
  'reset.else': 'If it was not you, do nothing: your password stays as it is.',
  'confirm.subject': 'Confirm your email address for {site}',
  'confirm.text': 'This address was given for an account at {site}.',
  'confirm.how': 'Confirm that it is yours. The link works once, within 24 hours.',
  'confirm.action': 'Confirm this address',
  'confirm.else': 'If it was not you, do nothing: you will get no other email.',
  'device.subject': 'New sign-in to your account at {site}',
  'device.text': 'Someone has signed in to your account {username} on a device that is new to {site}.',
  'device.at': 'When: {at}',
  'device.what': 'Device: {device}',
  'device.how': 'If it was you, there is nothing to do. If not, end that session and change your password.',
  'device.action': 'Show my devices',
  'device.unknown': 'unknown',
  'missed.subject': 'What you missed at {site}',
  'missed.text': 'While you were away, people mentioned you, replied to you or sent you direct messages.',
  'missed.room': '{room}: {people} ({count})',
  'missed.direct': '{people}, direct message ({count})',
  'missed.more': '… and in other rooms',
  'missed.action': 'See what you missed',
  'missed.when':
    'You get this email a few hours after you have missed something, and only about what you have not read.',
  'foot.sent': 'Sent by {site}.',
  'foot.unsubscribe': 'No more emails of this kind',
}

export type Word = keyof typeof en
export type Words = Readonly<Record<Word, string>>
