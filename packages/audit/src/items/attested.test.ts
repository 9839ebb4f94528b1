import { describe, expect, it } from 'vitest'
import type { Attestation } from '../core/target.ts'
import { judgeFiles } from '../testing/repositories.ts'
import documentationReview from './sign-off/documentation-review.ts'
import maintenanceWindows from './maintenance/maintenance-windows.ts'
import securityReview from './sign-off/security-review.ts'
import teamReview from './sign-off/team-review.ts'

const commit = '0123456789abcdef0123456789abcdef01234567'
const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
const valid: Attestation = {
  item: 'security-review',
  by: 'Ada',
  date: day(-3),
  until: day(30),
  commit,
  evidence: 'minutes of the review',
}

const loose = { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${commit}\n` }
const packed = { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': `# pack-refs\n${commit} refs/heads/main\n` }
const detached = { '.git/HEAD': `${commit}\n` }

const judge = async (given: Attestation[], files: Record<string, string> = loose) => {
  const { status, proof, verdicts } = await judgeFiles(securityReview, files, { settings: { attestations: given } })
  return { status, proof, text: verdicts[0]?.because ?? verdicts[0]?.evidence?.[0]?.saw }
}

describe('attested items', () => {
  it.each([
    ['a branch', loose],
    ['packed refs', packed],
    ['a detached head', detached],
  ])('passes an attestation for the commit of %s', async (_, files) => {
    expect(await judge([valid], files)).toMatchObject({ status: 'pass', proof: 'attestation' })
    expect((await judge([valid], files)).text).toContain(`Ada on ${valid.date}, until ${valid.until}`)
  })

  it('takes a short commit, and none', async () => {
    const { commit: _, ...anyCommit } = valid
    expect(await judge([{ ...valid, commit: commit.slice(0, 9) }])).toMatchObject({ status: 'pass' })
    expect(await judge([anyCommit], {})).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['nothing', [], 'nobody has attested it'],
    ['another item', [{ ...valid, item: 'team-review' }], 'nobody has attested it'],
    ['an ended one', [{ ...valid, until: day(-1) }], 'it ended on'],
    ['one of the future', [{ ...valid, date: day(2) }], 'dated in the future'],
    ['another commit', [{ ...valid, commit: 'f'.repeat(40) }], `the code is at ${commit.slice(0, 12)}`],
    ['the first digit of a commit', [{ ...valid, commit: '0' }], 'the code is at'],
  ])('does not decide with %s, and names who said what', async (_, given, because) => {
    const { status, text } = await judge(given)
    expect(status).toBe('unknown')
    expect(text).toContain(because)
    expect(text).toMatch(/^nobody has attested it|^attested by Ada on /)
  })

  it('does not decide when the commit cannot be read', async () => {
    expect(await judge([valid], { '.git': 'gitdir: /elsewhere' })).toMatchObject({ status: 'unknown' })
    expect(await judge([valid], { '.git/HEAD': 'ref: refs/../../../secret' })).toMatchObject({ status: 'unknown' })
  })

  it.each([securityReview, documentationReview, teamReview, maintenanceWindows])(
    'decides $id by its own entry',
    async item => {
      const settings = { attestations: [{ ...valid, item: item.id }] }
      expect(await judgeFiles(item, loose, { settings })).toMatchObject({ status: 'pass', proof: 'attestation' })
      expect(await judgeFiles(item, loose)).toMatchObject({ status: 'unknown' })
    },
  )
})
