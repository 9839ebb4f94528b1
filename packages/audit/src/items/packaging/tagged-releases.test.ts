import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './tagged-releases.ts'

const history = (...tags: string[]) => ({
  history: [{ subject: 'feat: one' }, ...tags.map(tag => ({ subject: `release ${tag}`, tag }))],
})
const node = (version: string, name = 'weather') => ({ 'package.json': JSON.stringify({ name, version }) })
const python = (version: string) => ({ 'pyproject.toml': `[project]\nname = "weather"\n${version}\n` })
const answer = (kind: 'tags' | 'releases', names: string[]) => ({
  forgeFacts: {
    file: 'facts.json',
    answers: [{ endpoint: kind, kind, body: names.map(name => ({ name, tag_name: name })) }],
  },
})

describe('tagged-releases', () => {
  it.each([
    ['the version of the package', node('1.4.0'), history('v1.3.0', 'v1.4.0')],
    ['a version that is not out yet', node('1.5.0'), history('v1.4.0')],
    ['ten after nine', node('1.10.0'), history('v1.9.0', 'v1.10.0')],
    ['a pre-release of the next version', python('version = "1.4.0"'), history('v1.4.0', 'v1.5.0b1')],
    ['tags without v, and others', python('version = "1.4.0"'), history('1.4.0', 'stable', 'v1')],
    [
      'tags of one package of several',
      node('1.4.0', '@acme/weather'),
      history('@acme/weather@1.4.0', '@acme/other@9.0.0'),
    ],
    ['a version that is taken from the tag', python('dynamic = ["version"]'), history('v1.4.0')],
    ['a version that the release fills in', node('0.0.0-development'), history('v1.4.0')],
    ['what the forge answers', node('1.4.0'), answer('tags', ['v1.4.0'])],
    ['another language', { 'go.mod': 'module weather\n' }, history('v1.4.0')],
  ])('passes %s', async (_, files: Record<string, string>, around) => {
    expect(await judgeFiles(item, files, around)).toMatchObject({ status: 'pass', proof: 'repository' })
  })

  it.each([
    ['no tags', node('1.4.0'), history()],
    ['tags that are no versions', python('version = "1.4.0"'), history('latest', 'release-one')],
    ['a version behind the newest tag', node('1.3.0'), history('v1.4.0')],
    ['two numbers', python('version = "1.4.0"'), history('v1.4')],
    ['no releases on the forge', node('1.4.0'), answer('releases', [])],
  ])('fails %s', async (_, files: Record<string, string>, around) => {
    expect(await judgeFiles(item, files, around)).toMatchObject({ status: 'fail' })
  })

  it('does not take the tags of another package for its own', async () => {
    const files = {
      ...node('0.1.0'),
      'packages/other/package.json': JSON.stringify({ name: 'other', version: '0.7.0' }),
    }
    expect(await judgeFiles(item, files, history('v0.7.0'))).toMatchObject({ status: 'unknown' })
  })

  it('does not take a tag without a name for that of a package in a folder', async () => {
    const files = {
      'package.json': JSON.stringify({ private: true, workspaces: ['packages/*'] }),
      'packages/weather/package.json': JSON.stringify({
        name: 'weather',
        version: '0.1.0',
        bin: 'a.js',
        dependencies: { '@modelcontextprotocol/sdk': '1' },
      }),
    }
    expect(await judgeFiles(item, files, history('v0.7.0'))).toMatchObject({ status: 'unknown' })
    expect(await judgeFiles(item, files, history('weather-v0.7.0'))).toMatchObject({ status: 'fail' })
  })

  it('does not decide without a history', async () => {
    const { status, verdicts } = await judgeFiles(item, node('1.4.0'))
    expect(status).toBe('unknown')
    expect(verdicts[0]?.because).toContain('--forge-facts')
  })
})
