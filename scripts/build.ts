/**
 * bun run build [--target=bun-linux-arm64] [--outfile=dist/parley]: one file that needs nothing else.
 *
 * Never with --minify or --production: they break Elysia's macros, which read the source of functions.
 */
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { target: { type: 'string' }, outfile: { type: 'string', default: 'dist/parley' } },
})
const root = new URL('..', import.meta.url).pathname

const build = Bun.spawn(
  [
    process.execPath,
    'build',
    '--compile',
    ...(values.target ? [`--target=${values.target}`] : []),
    // Compiled in as "development" otherwise, whatever the environment says at run time.
    '--define',
    'process.env.NODE_ENV="production"',
    // The file must not do something else depending on the directory it is started in.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    `--outfile=${values.outfile}`,
    'src/main.ts',
  ],
  { cwd: root, stdio: ['inherit', 'inherit', 'inherit'] },
)
process.exitCode = await build.exited
