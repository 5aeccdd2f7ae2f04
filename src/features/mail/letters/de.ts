import type { Words } from './en.ts'

export const de: Words = {
  'reset.subject': 'Ein neues Passwort für {site}',
  'reset.text': 'Jemand, wahrscheinlich du, hat das Passwort deines Kontos bei {site} vergessen.',
  'reset.how':
    'Mit diesem Link wählst du ein neues. Er gilt einmal, 30 Minuten lang. Auf allen Geräten wirst du abgemeldet.',
  'reset.action': 'Neues Passwort wählen',
  'reset.else': 'Wenn du es nicht warst, musst du nichts tun: Dein Passwort bleibt, wie es ist.',
  'confirm.subject': 'Bestätige deine E-Mail-Adresse für {site}',
  'confirm.text': 'Diese Adresse wurde für ein Konto bei {site} angegeben.',
  'confirm.how': 'Bestätige, dass sie dir gehört. Der Link gilt einmal, 24 Stunden lang.',
  'confirm.action': 'Adresse bestätigen',
  'confirm.else': 'Wenn du es nicht warst, musst du nichts tun: Du bekommst keine weiteren E-Mails.',
  'device.subject': 'Neue Anmeldung bei deinem Konto auf {site}',
  'device.text':
    'Jemand hat sich bei deinem Konto {username} auf einem Gerät angemeldet, das {site} noch nicht kennt.',
  'device.at': 'Wann: {at}',
  'device.what': 'Gerät: {device}',
  'device.how':
    'Wenn du es warst, ist nichts zu tun. Wenn nicht, beende diese Sitzung und ändere dein Passwort.',
  'device.action': 'Meine Geräte anzeigen',
  'device.unknown': 'unbekannt',
  'missed.subject': 'Was du bei {site} verpasst hast',
  'missed.text':
    'Während du weg warst, hat dich jemand erwähnt, dir geantwortet oder dir eine Direktnachricht geschickt.',
  'missed.room': '{room}: {people} ({count})',
  'missed.direct': '{people}, Direktnachricht ({count})',
  'missed.more': '… und in weiteren Räumen',
  'missed.action': 'Verpasstes ansehen',
  'missed.when':
    'Diese E-Mail kommt einige Stunden, nachdem du etwas verpasst hast, und nur über das, was du noch nicht gelesen hast.',
  'foot.sent': 'Gesendet von {site}.',
  'foot.unsubscribe': 'Keine solchen E-Mails mehr',
}
