import { describe, expect, test } from 'bun:test'
import { listed, obstaclesIn } from '../../src/storage/additive.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { type Migration, migrations } from '../../src/storage/migrations.ts'
import { databases } from './databases.ts'

/** Those before it were made when all nodes had to stop for an upgrade. */
const lastOfBefore = '0013_tickets'

describe('a migration', () => {
  const since = migrations.slice(migrations.findIndex(({ tag }) => tag === lastOfBefore) + 1)

  // If this fails: add now, and remove in the next version; or list it in src/storage/additive.ts, with the reason.
  test('only adds, because nodes of the version before run on it', () => {
    expect(migrations.map(({ tag }) => tag)).toContain(lastOfBefore)
    const found = since.flatMap(({ tag, sql }) =>
      Object.hasOwn(listed, tag) ? [] : obstaclesIn(sql).map((why) => `${tag}: ${why}`),
    )
    expect(found).toEqual([])
  })

  test('that is listed exists, has a reason, and does more than add', () => {
    for (const [tag, { why }] of Object.entries(listed)) {
      const migration = since.find((each) => each.tag === tag)
      expect([tag, obstaclesIn(migration?.sql ?? '').length > 0]).toEqual([tag, true])
      expect(why.length).toBeGreaterThan(20)
    }
  })

  test.each([
    'CREATE TABLE "pets" (\n"name" text PRIMARY KEY NOT NULL,\n"legs" integer NOT NULL\n);',
    'CREATE TABLE "pets" ("name" text);\n--> statement-breakpoint\nCREATE UNIQUE INDEX "pets_name" ON "pets" USING btree ("name");',
    'CREATE TABLE "pets" ("owner" uuid);--> statement-breakpoint\nALTER TABLE "pets" ADD CONSTRAINT "pets_owner" FOREIGN KEY ("owner") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;',
    'ALTER TABLE "users" ADD COLUMN "pet" text;',
    'ALTER TABLE "users" ADD COLUMN "pets" integer DEFAULT 0 NOT NULL;',
    'ALTER TABLE "users" ALTER COLUMN "pets" SET DEFAULT 1;',
    '-- Why this is so.\nCREATE INDEX "users_pet" ON "users" USING btree ("pet") WHERE "pet" is not null;',
  ])('may say %j', (sql) => {
    expect(obstaclesIn(sql)).toEqual([])
  })

  test.each([
    'DROP TABLE "pets";',
    'DROP INDEX "users_pet";',
    'ALTER TABLE "users" DROP COLUMN "pet";',
    'ALTER TABLE "users" RENAME COLUMN "pet" TO "animal";',
    'ALTER TABLE "users" RENAME TO "people";',
    'ALTER TABLE "users" ALTER COLUMN "pet" SET DATA TYPE uuid;',
    'ALTER TABLE "users" ALTER COLUMN "pet" SET NOT NULL;',
    'ALTER TABLE "users" ALTER COLUMN "pet" DROP NOT NULL;',
    'ALTER TABLE "users" ALTER COLUMN "pet" DROP DEFAULT;',
    'ALTER TABLE "users" ADD COLUMN "pet" text NOT NULL;',
    'ALTER TABLE "users" ADD COLUMN "pet" text DEFAULT \'\' UNIQUE;',
    'ALTER TABLE "users" ADD COLUMN "pet" text, DROP COLUMN "legs";',
    'ALTER TABLE "users" ADD COLUMN "pet" uuid REFERENCES "pets"("id");',
    'ALTER TABLE "users" ADD CONSTRAINT "short" CHECK (length("pet") < 9);',
    'CREATE UNIQUE INDEX "users_pet" ON "users" USING btree ("pet");',
    'CREATE TABLE "pets" ("owner" uuid REFERENCES "users"("id"));',
    'ALTER TYPE "kind" ADD VALUE \'cat\';',
    'UPDATE "users" SET "pet" = null;',
    'DELETE FROM "users";',
    'TRUNCATE "users";',
    'ALTER TABLE "users" ADD COLUMN "pet" text; DROP TABLE "pets";',
  ])('may not say %j', (sql) => {
    expect(obstaclesIn(sql)).toHaveLength(1)
  })
})

const first: Migration = { tag: 'first', when: 1000, sql: 'create table pets (name text primary key);' }
const adds: Migration = { tag: 'adds', when: 2000, sql: 'alter table pets add column legs integer;' }
const removes: Migration = { tag: 'removes', when: 3000, sql: 'alter table pets drop column legs;' }

for (const storage of await databases()) {
  test(`${storage.kind}: a node starts on what the next version has added, and on nothing else that is newer`, async () => {
    const older = () => migrate(storage, [first], '1.4.2')
    expect(await older()).toEqual(['first'])
    expect(await migrate(storage, [first, adds], '1.5.0')).toEqual(['adds'])
    expect(await older()).toEqual([])
    await expect(migrate(storage, [first], '1.3.9')).rejects.toThrow('newer Parley')
    await expect(migrate(storage, [first], '0.5.0')).rejects.toThrow('newer Parley')
    expect(await migrate(storage, [first, adds, removes], '1.6.0')).toEqual(['removes'])
    await expect(migrate(storage, [first, adds], '1.5.0')).rejects.toThrow('newer Parley')
    await expect(older()).rejects.toThrow('newer Parley')
    // As drizzle-kit does it, or a Parley from before there were these columns.
    await storage.query('update drizzle.__drizzle_migrations set version = null, safe_for_older = null')
    await expect(older()).rejects.toThrow('newer Parley')
  })

  test(`${storage.kind}: the table of migrations of an older Parley gets what it lacks`, async () => {
    await storage.query(
      'alter table drizzle.__drizzle_migrations drop column version, drop column safe_for_older',
    )
    expect(await migrate(storage, [first, adds, removes], '1.6.0')).toEqual([])
    expect(await migrate(storage, [first, adds, removes, { ...adds, when: 4000 }], '1.7.0')).toEqual(['adds'])
    expect(await migrate(storage, [first, adds, removes], '1.6.0')).toEqual([])
  })
}
