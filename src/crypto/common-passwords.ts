// The passwords that attackers try first. Adding "123" would defeat a plain word list, so common words also count with
// common endings and letter swaps, and so do runs of neighbouring keys.

const words = new Set(
  `password passwort passwd motdepasse contrasena contraseña senha parola wachtwoord letmein welcome welkom willkommen
  bienvenue admin administrator adminadmin root toor user guest test testing tester demo secret changeme changeit
  default login master access server system qwerty qwertz azerty qwert asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx
  qwertyuiop azertyuiop qazwsxedc qweasdzxc qweasd poiuytrewq mnbvcxz lkjhgfdsa iloveyou iloveu loveyou lovelove
  teamo tequiero jetaime ichliebedich trustno sunshine princess dragon monkey football baseball basketball
  softball soccer hockey superman batman spiderman ironman starwars startrek pokemon naruto minecraft fortnite
  roblox nintendo playstation xbox computer internet samsung iphone google facebook youtube whatever nothing
  michael michelle jennifer jessica charlie daniel jordan thomas robert william matthew joshua andrew anthony
  ashley amanda samantha nicole hannah victoria veronica patricia elizabeth alexander benjamin christian
  christopher jonathan nicholas stephanie danielle caroline courtney kimberly melissa rebecca vanessa brittany
  alexandra gabriel sebastian maria andrea natasha svetlana vladimir liverpool chelsea arsenal barcelona
  realmadrid juventus manchester newyork london paris berlin america american england scotland ireland germany
  pakistan india canada australia california florida colorado summer winter spring autumn january february
  march april june july august september october november december monday tuesday wednesday thursday friday
  saturday sunday midnight rainbow butterfly snowball elephant dolphin dolphins chocolate cookie banana orange
  purple yellow diamond platinum gold silver crystal corvette mercedes porsche ferrari mustang yamaha kawasaki
  motorola vodafone metallica slipknot nirvana eminem beatles greenday blink matrix gandalf hogwarts harrypotter
  voyager enterprise thunder lightning shadow phoenix phantom warrior predator scorpion panther maverick cowboy
  cowboys eagles steelers packers redskins broncos yankees lakers redsox rangers giants patriots bulldog bulldogs
  wildcats bigdaddy babygirl sweetheart beautiful gorgeous angel angels family friends forever freedom liberty
  success victory champion legend genius blessed jesus jesuschrist bismillah godisgood fuckyou fuckoff asshole
  bullshit superstar rockstar playboy hello helloworld hellohello goodluck happy happiness peanut pumpkin
  security private correcthorse correcthorsebatterystaple opensesame nopassword mypassword thepassword
  passpass pass chatting parley chat letmeinnow mustbechanged temp temporary student teacher school university
  hunter killer ninja samurai pirate wizard abc abcd abcde abcdef abcdefg abcdefgh aa drowssap nimda azertyui
  qwertyui asdfasdf qwerqwer zxczxc asdasd qweqwe flower ginger pepper cheese buster tigger maggie jasmine
  hottie loveme lovely cutie sweety honey sugar kitten puppy doggie horses fishing hunting racing skating
  guitar drummer music musica dancing singer winner player gamer runner rocket falcon viking`
    .split(/\s+/)
    .filter((word) => word.length > 0),
)

const others = new Set(
  `1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 zaq12wsx zaq1zaq1 zaq1xsw2 q1w2e3r4 q1w2e3r4t5 12qwaszx qwer1234 1234qwer 123qweasd
  qweasd123 123qwe123 1a2b3c4d a1b2c3d4 a1s2d3f4 abc12345 1234abcd 123456aa 123456ab 12345qwert asdf1234 zxcv1234
  147258369 147852369 741852963 789456123 123654789 987456321 159753456 159357159 123789456 963852741 852456123
  11223344 1122334455 112233445566 10203040 1020304050 1029384756 0102030405 12344321 1234554321 123454321
  12345654321 18atcskd2w 3rjs1la7qe 4815162342 31415926 3141592653 314159265 27182818 16180339 ncc1701d thx11380 rush2112
  8675309a 01011980 01011990 01012000 01012010 01012011 01012020 19841984 20002000 11111980 12345679 12345670
  123456780 1234567899 1234567891 123456788 23456789 34567890 12345687 123456987 trustno1 blink182 bond0007
  jordan23 michael23 ronaldo7 cristiano7 messi10 lebron23 letmein1 abc123abc 123abc123 qwe123qwe asd123asd a12345678
  q12345678 1234567a 12345678a 12345678q 123456789a 123456789q a123456789 aa123456 aa12345678 zz123456 qq123456
  woaini520 woaini1314 5201314520 1314520520 gfhjkm123 ghbdtn123 vfhbyf123 fktrcfylh gfhjkmgfhjkm dbrnjhbz
  !@#$%^&* !@#$%^&*() !qaz@wsx 1qaz@wsx 1qaz!qaz p@55w0rd p@$$w0rd pa55word passw0rd`.split(/\s+/),
)

const tail =
  /^(?:[!@#$.*_-]{0,2}(?:\d|\d\d|0?0?7|11|12|23|69|99|100|123|1234|12345|123456|1234567|12345678|321|4321|111|777|abc|(?:19|20)\d\d)?[!@#$.*?]{0,2})$/

const rows = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
]
const keyRuns = rows.flatMap((row) => [row, [...row].reverse().join('')])

const swaps: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '0': 'o',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  $: 's',
  '5': 's',
  '7': 't',
}

/** Whether attackers try this password first. Ignores case. */
export function isCommonPassword(password: string): boolean {
  const lower = password.toLowerCase()
  if (others.has(lower) || keyRuns.some((run) => run.includes(lower))) return true
  const plain = withoutSigns(lower)
  // "parley-parley", "kettle kettle 1990": said twice, a word is as easy to guess as said once.
  return (
    isRepetition(lower) ||
    isRepeated(plain.replace(/\d{1,8}$/, '')) ||
    isWalks(plain) ||
    startsWithWord(lower)
  )
}

/** Letters and digits only: what separates them is the first that a guesser varies. */
export const withoutSigns = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, '')

function isRepeated(text: string): boolean {
  const half = Math.floor(text.length / 2)
  for (let block = 1; block <= half; block++)
    if (text.length % block === 0 && text === text.slice(0, block).repeat(text.length / block)) return true
  return false
}

/** "asdfqwer1234": several walks over the keyboard, each of at least three keys. */
function isWalks(text: string): boolean {
  const reached = new Set([0])
  for (let end = 3; end <= Math.min(text.length, 64); end++)
    for (const start of [...reached])
      if (end - start >= 3 && keyRuns.some((run) => run.includes(text.slice(start, end)))) reached.add(end)
  return text.length > 0 && reached.has(text.length)
}

/** "abcabcab": a short block that is repeated; the last one may be cut off. */
function isRepetition(text: string): boolean {
  for (let block = 1; block <= 4; block++) {
    if (text === text.slice(0, block).repeat(text.length).slice(0, text.length)) return true
  }
  return false
}

function startsWithWord(lower: string): boolean {
  const plain = lower.replace(/[@4031!$57]/g, (sign) => swaps[sign] ?? sign)
  for (let end = Math.min(lower.length, 26); end >= 2; end--) {
    if (!tail.test(lower.slice(end))) continue
    if (words.has(lower.slice(0, end)) || words.has(plain.slice(0, end))) return true
  }
  return false
}
