import { describe, expect, it } from 'vitest'
import { logging, pythonServer as py, typescriptServer as ts } from '../../testing/logging.ts'
import type { Files } from '../../testing/repositories.ts'

describe('what secret-management says of addresses in logs', () => {
  it.each<[string, Files, string]>([
    ['the address of Redis', ts('console.error(`connecting to ${process.env.REDIS_URL}`)'), 'REDIS_URL is given'],
    [
      'an address that was taken apart',
      ts("const url = new URL(process.env.DATABASE_URL ?? '')\nconsole.error(`database ${url.href}`)"),
      'DATABASE_URL is given',
    ],
    [
      'an address that was taken apart, as text',
      ts("const url = new URL(process.env.DATABASE_URL ?? '')\nconsole.error(`database ${url.toString()}`)"),
      'DATABASE_URL is given',
    ],
    [
      'the part of an address with the password',
      py(
        'from urllib.parse import urlparse\nurl = urlparse(os.environ["DATABASE_URL"].strip())\nlogging.info(f"database on {url.netloc}")',
      ),
      'DATABASE_URL is given',
    ],
  ])('fails where a log is given %s', async (_, files, saw) => {
    const { own, text } = await logging(files)
    expect([own, text]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it.each<[string, Files]>([
    [
      'an address without its password',
      ts(
        "const url = new URL(process.env.DATABASE_URL ?? '')\nurl.password = ''\nconsole.error(`database ${url.href} ${url.toString()}`)\nconsole.error(url)",
      ),
    ],
    [
      'an address with its password replaced',
      ts("const shown = (process.env.REDIS_URL ?? '').replace(/:[^:@]*@/, ':***@')\nconsole.error(`redis ${shown}`)"),
    ],
    [
      'the host of an address in Python',
      py(
        'from urllib.parse import urlparse\nurl = urlparse(os.environ["DATABASE_URL"])\nlogging.info(f"database on {url.hostname} {url.netloc.split(\'@\')[-1]}")',
      ),
    ],
    [
      'an address that a library shows without its password',
      py(
        'from sqlalchemy import make_url\nlogging.info(make_url(os.environ["DATABASE_URL"]).render_as_string(hide_password=True))',
      ),
    ],
  ])('passes where a log is given %s', async (_, files) => {
    const { own, text } = await logging(files)
    expect([own, text]).toEqual(['pass', text])
  })
})
