import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { YAML } from 'bun'
import { StatefulSet } from 'kubernetes-models/apps/v1'
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { ConfigMap, Service } from 'kubernetes-models/v1'
import { settings } from '../../src/config/settings.ts'
import { readConfig } from '../../src/config.ts'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { repository } from '../support/child.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'
import { host, proxies, proxyIsThere, type RunningProxy, startProxy, toHost } from './proxy.ts'

const read = (name: string) => Bun.file(join(repository, 'deploy', name)).text()
const settingNames = Object.values(settings).map(({ name }) => name)

/** From serve.ts: how long stopping may take. */
const stopSeconds = 29

describe('deploy/nodes/kubernetes.yaml', async () => {
  const kinds = { ConfigMap, StatefulSet, Service, PodDisruptionBudget, Ingress }
  const manifests = YAML.parse(await read('nodes/kubernetes.yaml')) as { kind: keyof typeof kinds }[]
  const only = (kind: keyof typeof kinds) =>
    JSON.parse(JSON.stringify(manifests.find((each) => each.kind === kind)))

  test('is what the schemas of Kubernetes allow', () => {
    expect(manifests.map(({ kind }) => kind).sort()).toEqual([
      ...['ConfigMap', 'Ingress', 'PodDisruptionBudget', 'Service', 'Service', 'StatefulSet'],
    ] as never)
    for (const manifest of manifests) new kinds[manifest.kind](manifest as never).validate()
    const wrong = only('StatefulSet')
    wrong.spec.template.spec.containers[0].ports[0].containerPort = '8000'
    expect(() => new StatefulSet(wrong).validate()).toThrow('containerPort')
  })

  test('each node has a DATA_DIR of its own and time to stop', () => {
    const { spec } = only('StatefulSet')
    const [container] = spec.template.spec.containers
    const pause = Number(container.lifecycle.preStop.exec.command[1])
    expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(stopSeconds + pause)
    expect(container.volumeMounts).toEqual([{ name: 'data', mountPath: '/data' }])
    expect(spec.volumeClaimTemplates[0].metadata.name).toBe('data')
    expect(container.readinessProbe.httpGet.path).toBe('/health/ready')
    const labels = spec.template.metadata.labels
    for (const each of manifests.filter(({ kind }) => kind === 'Service'))
      expect((each as unknown as { spec: { selector: unknown } }).spec.selector).toEqual(labels)
  })

  test('Parley starts with its settings', () => {
    const { data } = only('ConfigMap')
    const config = readConfig({
      ...{ SECRET_KEY: randomToken(32), ENCRYPTION_KEY: makeKey(), METRICS_TOKEN: randomToken(32) },
      ...{ DATABASE_URL: 'postgres://parley@db:5432/parley', BUS_URL: 'rediss://valkey:6379' },
      ...data,
    })
    expect(config.publicUrl).toBe('https://chat.example.org')
    expect(Object.keys(data).filter((name) => !settingNames.includes(name))).toEqual([])
  })
})

describe('deploy/nodes/compose.yaml', async () => {
  type Part = Record<string, string> & { volumes: string[]; environment: Record<string, string> }
  const parse = (text: string) => YAML.parse(text) as { services: Record<string, Part>; volumes: object }
  const text = await read('nodes/compose.yaml')
  const { services, volumes } = parse(text)
  const nodes = Object.entries(services).flatMap(([name, part]) => (/^parley-\d$/.test(name) ? part : []))

  test('three nodes differ only in their DATA_DIR', () => {
    expect(nodes).toHaveLength(3)
    expect(new Set(nodes.map((node) => node.volumes[0])).size).toBe(3)
    expect(new Set(nodes.map((node) => JSON.stringify({ ...node, volumes: [] }))).size).toBe(1)
    for (const node of nodes) {
      expect(Object.keys(volumes)).toContain(node.volumes[0]!.split(':')[0]!)
      expect(Number.parseInt(node.stop_grace_period!, 10)).toBeGreaterThan(stopSeconds)
    }
  })

  test('hands on every setting, asks for what .env.example explains, and contains no secret', async () => {
    expect(Object.keys(nodes[0]!.environment).sort()).toEqual([...settingNames].sort())
    const used = [...text.matchAll(/\$\{([A-Z_]+)(.)/g)]
    const example = [...(await read('nodes/.env.example')).matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name!)
    expect([...new Set(used.map(([, name]) => name!))].sort()).toEqual(example.sort())
    expect(text).not.toMatch(/\$\{(POSTGRES_PASSWORD|VALKEY_PASSWORD|SECRET_KEY|ENCRYPTION_KEY):[^?]/)
  })

  test('is otherwise like the one of one node', async () => {
    const one = parse(await read('compose.yaml')).services
    const same = (name: string) =>
      JSON.stringify(services[name]).replaceAll('deploy/nodes/.env', 'deploy/.env')
    expect(same('postgres')).toBe(JSON.stringify(one.postgres))
    expect(services.backup!.command).toEqual(one.backup!.command!)
  })

  test('Caddy has the address that Parley trusts, and leads to these nodes', async () => {
    const caddyfile = await read('nodes/Caddyfile')
    for (const name of ['parley-1', 'parley-2', 'parley-3']) expect(caddyfile).toContain(`${name}:8000`)
    expect(nodes[0]!.environment.TRUSTED_PROXIES).toContain('172.30.84.2')
    expect(text).toContain('ipv4_address: 172.30.84.2')
  })
})

const database = await postgresForTests()

describe.each(proxies)('behind %s, as in deploy/', (name) => {
  describe.skipIf(!database || !proxyIsThere(name))('', () => {
    let nodes: Nodes
    let proxy: RunningProxy
    /** The nodes that have stored something. */
    const storedBy = new Set<string>()

    beforeAll(async () => {
      const settings = { PUBLIC_URL: `https://${host}`, TRUSTED_PROXIES: '127.0.0.1' }
      const { buses } = linkedBuses(3)
      buses[0]!.subscribe((note, node) => void (note.to === 'log' && storedBy.add(node!)))
      nodes = await startNodes(buses, settings)
      proxy = await startProxy(name, ...nodes.servers.map(({ port }) => port))
    })

    afterAll(async () => {
      await proxy?.stop()
      await nodes?.stop()
    })

    async function post(
      path: string,
      body: object,
      token?: string,
    ): Promise<[number, Record<string, unknown>]> {
      const headers = [
        '-H',
        'content-type: application/json',
        ...(token ? ['-H', `authorization: Bearer ${token}`] : []),
      ]
      const url = `https://${host}:${proxy.port}${path}`
      const asked = [
        'curl',
        '-sk',
        ...toHost(proxy.port),
        ...headers,
        '-d',
        JSON.stringify(body),
        '-w',
        '\n%{http_code}',
        url,
      ]
      const said = await new Response(Bun.spawn(asked, { stdout: 'pipe' }).stdout).text()
      const [text = '', status] = said.split(/\n(?=\d+$)/)
      return [Number(status), JSON.parse(text || '{}')]
    }

    test('people are served by all nodes, and by the others when one stops', async () => {
      const [status, { access_token: token }] = await post('/auth/signup', {
        ...{ username: 'ben', email: 'ben@example.org', password: 'the tide turns at four' },
      })
      expect(status).toBe(201)
      expect((await post('/rooms', { id: 'harbour' }, String(token)))[0]).toBe(201)
      const say = (content: string) => post('/rooms/harbour/messages', { content }, String(token))
      for (let each = 0; each < 12; each++) expect((await say(`before ${each}`))[0]).toBe(201)
      expect([...storedBy].sort()).toEqual(nodes.servers.map(({ tools }) => tools.bus.node).sort())
      await nodes.servers[1]!.stop()
      for (let each = 0; each < 12; each++) expect((await say(`after ${each}`))[0]).toBe(201)
    })
  })
})
