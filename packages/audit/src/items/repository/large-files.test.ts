import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './large-files.ts'

const once = { history: [{ subject: 'feat: one' }] }
const large = 'x'.repeat(6_000_000)
const pointer =
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 123456789\n'
const lfs = (pattern: string): string => `# large\n${pattern} filter=lfs diff=lfs merge=lfs -text\n`

describe('large-files', () => {
  it.each([
    ['small files', { 'README.md': '# weather\n', 'src/main.py': 'print()\n' }],
    ['a large lock file', { 'package-lock.json': large }],
    ['a pointer', { '.gitattributes': lfs('*.bin'), 'models/words.bin': pointer }],
    [
      'attributes of a folder',
      { 'models/.gitattributes': lfs('*.bin'), 'models/en/words.bin': pointer, 'icon.bin': 'small' },
    ],
    [
      'a pattern that is taken back',
      { '.gitattributes': `${lfs('*.png')}icons/*.png -filter\n`, 'icons/a.png': 'small', 'b.png': pointer },
    ],
  ])('passes %s', async (_, files: Record<string, string>) => {
    expect(await judgeFiles(item, files, once)).toMatchObject({ status: 'pass', proof: 'repository' })
  })

  it.each([
    ['a large file', { 'model.bin': large }, '5.7 MB'],
    [
      'content that went past Git LFS',
      { '.gitattributes': lfs('/models/**'), 'models/words.bin': 'content' },
      'in git itself',
    ],
    ['a pointer that nothing covers', { 'models/words.bin': pointer }, 'no line of .gitattributes'],
  ])('fails %s', async (_, files: Record<string, string>, saw) => {
    const result = await judgeFiles(item, files, once)
    expect(result).toMatchObject({ status: 'fail' })
    expect(result.verdicts[0]?.evidence?.[0]?.saw).toContain(saw)
  })

  it('does not decide without a history', async () => {
    expect(await judgeFiles(item, { 'model.bin': large })).toMatchObject({ status: 'unknown' })
  })
})
