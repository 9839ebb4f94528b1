import { describe, expect, it } from 'vitest'
import { withFiles, type Files } from '../testing/repositories.ts'
import { packageFolder, separated } from './server-packages.ts'

const node = (name: string, dependencies = {}): string => JSON.stringify({ name, version: '1.0.0', dependencies })
const python = (name: string, dependency: string): string =>
  `[project]\nname = "${name}"\nversion = "1.0.0"\ndependencies = ["${dependency}"]\n`
const sdk = { '@modelcontextprotocol/server': '^2.4.0' }

const several: Files = {
  'package.json': node('all'),
  'packages/mail/package.json': node('mail-mcp', sdk),
  'packages/site/package.json': node('site'),
  'servers/maps/pyproject.toml': python('maps-mcp', 'fastmcp>=4'),
}

const targetsOf = (files: Files, named?: string) =>
  withFiles(files, {}, async target =>
    (await separated(named === undefined ? target : { ...target, package: named })).map(one => [one.name, one.package]),
  )

describe('the servers of a monorepo', () => {
  it('are targets of their own', async () => {
    expect(await targetsOf(several)).toEqual([
      ['test: mail-mcp', 'packages/mail'],
      ['test: maps-mcp', 'servers/maps'],
    ])
  })

  it('are two where one stands in two languages', async () => {
    const files = {
      'package.json': node('all'),
      'js/package.json': JSON.stringify({ name: '@acme/mcp-server', version: '1.0.0', bin: 'a.js', dependencies: sdk }),
      'py/pyproject.toml': python('acme-mcp-server', 'mcp>=1'),
      'py/package.json': JSON.stringify({ name: 'acme-python', private: true }),
    }
    const both = [
      ['test: @acme/mcp-server', 'js'],
      ['test: acme-mcp-server', 'py'],
    ]
    expect(await targetsOf(files)).toEqual(both)
    // a library of another name that depends on the SDK is none
    expect(await targetsOf({ ...files, 'py/pyproject.toml': python('acme-tools', 'mcp>=1') })).toEqual([['test', 'js']])
  })

  it('do not see each other, but what they depend on', async () => {
    const files = {
      ...several,
      'README.md': '# All',
      'packages/mail/src/a.ts': '',
      'packages/mail/package.json': node('mail-mcp', { ...sdk, 'mail-core': '*' }),
      'packages/core/package.json': node('mail-core', { 'mail-words': '*' }),
      'packages/words/package.json': node('mail-words'),
    }
    const seen = await withFiles(files, {}, async target => (await separated(target))[0]?.repository?.files)
    expect(seen).toEqual([
      'README.md',
      'package.json',
      'packages/core/package.json',
      'packages/mail/package.json',
      'packages/mail/src/a.ts',
      'packages/words/package.json',
    ])
  })

  it('stay one where one was named, or where one stands out', async () => {
    expect(await targetsOf(several, 'packages/mail')).toEqual([['test', 'packages/mail']])
    const { 'servers/maps/pyproject.toml': _, ...one } = several
    expect(await targetsOf(one)).toEqual([['test', 'packages/mail']])
  })

  it('are not what is private beside what is published', async () => {
    const hidden = (name: string): string => JSON.stringify({ name, private: true, dependencies: sdk })
    const files = { 'package.json': node('all'), 'packages/tries/package.json': hidden('mail-test-client') }
    expect(await targetsOf({ ...files, 'packages/mail/package.json': node('mail-mcp', sdk) })).toEqual([
      ['test', 'packages/mail'],
    ])
    expect(await targetsOf({ ...files, 'packages/mail/package.json': hidden('mail-mcp') })).toEqual([
      ['test: mail-mcp', 'packages/mail'],
      ['test: mail-test-client', 'packages/tries'],
    ])
  })

  it('are found by name and by folder', async () => {
    const folderOf = (named: string) =>
      withFiles(several, {}, ({ repository }) => (repository ? packageFolder(repository, named) : Promise.resolve('')))
    expect(await folderOf('maps-mcp')).toBe('servers/maps')
    expect(await folderOf('./packages/mail/')).toBe('packages/mail')
    await expect(folderOf('mail-mpc')).rejects.toThrow(expect.objectContaining({ hint: 'did you mean mail-mcp?' }))
    await expect(folderOf('zzzzzzzz')).rejects.toThrow('there is no package «zzzzzzzz»')
  })
})
