import { effect } from '@preact/signals'
import { render } from 'preact'
import { App } from './app.tsx'
import { language, speakTo } from './language.ts'
import { openStore } from './open.ts'
import { dress } from './preferences.ts'
import { learn } from './say.ts'
import { keepShell } from './shell.ts'

const root = document.getElementById('parley')
if (!root) throw new Error('index.html has lost its #parley')
dress(document)
speakTo(document)
keepShell(window)
effect(() => void learn(language.value).catch(() => {}))
// Nobody shall see the page flicker from one language to another.
await learn(language.peek()).catch(() => {})
render(<App store={openStore(window)} />, root)
