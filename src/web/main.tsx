import { render } from 'preact'
import { App } from './app.tsx'
import { openStore } from './open.ts'

const root = document.getElementById('parley')
if (!root) throw new Error('index.html has lost its #parley')
render(<App store={openStore(window)} />, root)
