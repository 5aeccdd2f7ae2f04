/**
 * Makes src/storage/base.tar.zst, the ready-made cluster of every new embedded database: initdb in WebAssembly takes
 * seconds and a gigabyte, unpacking takes neither. Run it again when the version of PGlite changes.
 */
import { PGlite } from '@electric-sql/pglite'

const target = new URL('../src/storage/base.tar.zst', import.meta.url).pathname

const engine = await PGlite.create('memory://')
await engine.exec('vacuum freeze')
await engine.exec('checkpoint')
const tar = await (await engine.dumpDataDir('none')).arrayBuffer()
await engine.close()
const packed = Bun.zstdCompressSync(new Uint8Array(tar), { level: 19 })
await Bun.write(target, packed)
console.log(`${target}: ${tar.byteLength} bytes of cluster in ${packed.byteLength}`)
