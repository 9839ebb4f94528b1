import { describe, expect, it } from 'vitest'
import { guardedPython as py, guardedTypescript as ts, refuse } from '../../testing/guarded-servers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import authentication from './authentication.ts'

const said = async (files: Files): Promise<[string, string]> => {
  const found = (await judgeFiles(authentication, files)).verdicts.filter(({ proof }) => proof === 'repository')
  return [found[0]?.status ?? '', JSON.stringify(found)]
}

const same = 'timingSafeEqual(Buffer.from(given), Buffer.from(config.token))'
/** The handler asks a function of another file, which a setting makes say yes. */
const decided = (required: string, config = ''): Files => ({
  ...ts({
    top: `import { configured, isAuthorized } from './security.js'
const security = configured()
const protect = (req, res, next) => {
  if (!isAuthorized(req.headers.authorization, security)) {
    res.status(401).end()
    return
  }
  next()
}`,
    before: 'app.use(protect)',
  }),
  'src/security.ts': `import { timingSafeEqual } from 'node:crypto'
const isEnabled = value => value === 'true'
${config}
export function configured() {
  const harden = isEnabled(process.env.HARDEN)
  return { requireAuth: ${required}, token: process.env.TOKEN }
}
export function isAuthorized(given, config) {
  if (!config.requireAuth) {
    return true
  }
  return ${same}
}`,
})
const around = (test: string, top = ''): Files =>
  ts({
    top: `${top}
const key = process.env.KEY
const protect = (req, res, next) => {
  const given = req.headers['x-api-key'] ?? ''
  if (${test}) return res.status(401).end()
  next()
}`,
    before: 'app.use(protect)',
  })
const wrong = '!timingSafeEqual(Buffer.from(given), Buffer.from(key))'
const middle = (test: string): string => `given = request.headers.get("authorization", "")
if ${test}:
    ${refuse}
return await call_next(request)`
const differs = 'not hmac.compare_digest(given, TOKEN)'
const helper = (required: string): string => `
REQUIRED = ${required}

def allowed(given):
    if not REQUIRED:
        return True
    return hmac.compare_digest(given, TOKEN)
`

describe('a check of credentials that a setting turns on', () => {
  it.each<[string, Files]>([
    ['what decides says yes', decided('harden')],
    ['what refuses is under it', around(`key && ${wrong}`)],
    [
      'what decides says yes in Python',
      py(middle('not allowed(given)'), helper('os.getenv("REQUIRE", "no") == "yes"')),
    ],
    ['what refuses is under it in Python', py(middle(`os.environ.get("REQUIRE") and ${differs}`))],
  ])('fails where %s while nothing is set', async (_, files) => {
    const [status, words] = await said(files)
    expect(status).toBe('fail')
    expect(words).toContain('only where')
  })

  it.each<[string, Files]>([
    ['one that a setting turns off', decided("process.env.AUTH !== 'off'")],
    ['one whose setting is on by itself', decided("(process.env.AUTH ?? 'true') === 'true'")],
    ['one that is written down', decided('true')],
    ['one without which it does not start', around(`key && ${wrong}`, 'if (!process.env.KEY) process.exit(1)')],
    [
      'one in Python that is on by itself',
      py(middle('not allowed(given)'), helper('os.getenv("AUTH", "on") != "off"')),
    ],
  ])('passes %s', async (_, files) => {
    expect((await said(files))[0]).toBe('pass')
  })

  it('leaves open what a setting is that was not followed', async () => {
    expect((await said(decided('load().auth', "import load from 'settings'")))[0]).toBe('unknown')
  })
})
