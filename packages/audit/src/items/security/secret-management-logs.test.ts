import { describe, expect, it } from 'vitest'
import { logging as row59, pythonServer as py, typescriptServer as ts } from '../../testing/logging.ts'
import type { Files } from '../../testing/repositories.ts'

describe('what secret-management says of logs', () => {
  it.each<[string, Files, string]>([
    ['the environment', ts('console.error("started with", process.env)'), 'process.env is given to console.error'],
    [
      'the environment as text',
      ts('console.error(`env: ${JSON.stringify({ ...process.env })}`)'),
      'process.env is given',
    ],
    [
      'a key',
      ts(
        "import pino from 'pino'\nconst log = pino()\nconst key = process.env.A_API_KEY\nlog.info({ key }, 'started')",
      ),
      'A_API_KEY is given to pino',
    ],
    [
      'settings of another file',
      ts(
        "import { settings } from './settings.js'\nexport const start = (logger: Logger) => logger.debug({ settings })",
        {
          'src/settings.ts':
            "import { z } from 'zod'\nconst read = z.object({ A_TOKEN: z.string() }).parse(process.env)\nexport const settings = { api: { key: read.A_TOKEN } }",
        },
      ),
      'A_TOKEN is given to logger.debug',
    ],
    [
      'the environment of Python',
      py('logging.getLogger("a").info("environment: %s", dict(os.environ))'),
      'os.environ is given',
    ],
    [
      'a key of Python',
      py('KEY = os.getenv("A_API_KEY")\nlog = logging.getLogger(__name__)\nlog.debug(f"using {KEY}")'),
      'A_API_KEY is given',
    ],
    [
      'what is bound to a statement',
      ts(
        `export const run = async (pool, sql, params) => { try { return await pool.query(sql, params) } catch (error) { console.error('failed', sql, params) } }`,
      ),
      'what is bound to a statement',
    ],
    [
      'what is bound to a statement that is written down',
      ts(
        `export const find = (db, values) => { console.error('find', JSON.stringify(values)); return db.get('SELECT * FROM orders WHERE id = ?', values) }`,
      ),
      'what is bound to a statement',
    ],
    [
      'what is bound to a statement in Python',
      py('async def run(db, values):\n    logging.info("find %s", values)\n    await db.execute("SELECT 1", values)'),
      'what is bound to a statement',
    ],
    [
      'the address of a database',
      ts('const databaseUrl = process.env.DATABASE_URL\nprocess.stderr.write("starting, url: " + databaseUrl + "\\n")'),
      'DATABASE_URL is given to process.stderr.write',
    ],
    [
      'the address of a database in Python',
      py('uri = os.environ["MONGODB_URI"]\nlogging.info(f"connecting to {uri}")'),
      'MONGODB_URI is given to logging.info',
    ],
    [
      'a field of BaseSettings',
      py(
        'from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    api_key: str = ""\nsettings = Settings()\nprint("key", settings.api_key)',
      ),
      'api_key is given to print',
    ],
    [
      'an address with a key in it',
      ts('const url = `https://a.test/?key=${process.env.A_API_KEY}`\nconsole.error("asking", url)'),
      'A_API_KEY is given to console.error',
    ],
    [
      'the connection that was given',
      ts('const connectionString = process.argv[2]\nconsole.error(`connecting to ${connectionString}`)'),
      'connectionString is given to console.error',
    ],
    [
      'the headers of a request',
      ts('app.use((req, res, next) => { console.log(req.method, JSON.stringify(req.headers)); next() })'),
      'the headers of a request',
    ],
    [
      'the exception of axios',
      ts(
        "import axios from 'axios'\nexport const ask = async () => { try { return await axios.get('https://a.test', { headers: { Authorization: `Bearer ${process.env.A_TOKEN}` } }) } catch (error) { console.error('failed', error); throw error } }",
      ),
      'the exception or the options of a request, whole, with A_TOKEN in its headers',
    ],
    [
      'settings of pydantic, whole',
      py(
        'from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    api_key: str = ""\nsettings = Settings()\nlogging.info("settings: %s", settings)',
      ),
      'api_key is given to logging.info',
    ],
    [
      'the arguments, whole',
      py(
        'import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument("--api-key")\nargs = parser.parse_args()\nprint(args)',
      ),
      '--api-key is given to print',
    ],
    [
      'what a function hands on',
      ts(
        'const tell = (text: string, ...rest: unknown[]) => { console.error(`[1] ${text}`, ...rest) }\ntell("key", process.env.A_API_KEY)',
      ),
      'A_API_KEY is given to tell, which hands it to console.error',
    ],
    [
      'what a function of Python hands on',
      py('def tell(text, **more):\n    print(text)\nkey = os.environ["A_API_KEY"]\ntell(f"key {key}")'),
      'A_API_KEY is given to tell, which hands it to print',
    ],
    [
      'headers of the command line',
      ts(
        `const read = (args: string[]) => {
  const headers: Record<string, string> = {}
  for (let i = 0; i < args.length; i++) {
    const match = args[i].match(/^([^:]+):(.*)$/)
    if (match) headers[match[1]] = match[2]
  }
  console.error(\`headers: \${JSON.stringify(headers)}\`)
}
read(process.argv.slice(2))`,
      ),
      'all headers that were set, Authorization among them, is given to console.error',
    ],
    [
      'headers of the environment in Python',
      py('import json\nheaders = json.loads(os.environ["HEADERS"])\nlogging.info("headers %s", headers)'),
      'all headers that were set',
    ],
    [
      'headers that another file makes of an option',
      ts(
        "import yargs from 'yargs'\nimport { headers } from './headers.js'\nimport { ask } from './ask.js'\nasync function main() {\nconst argv = yargs(process.argv).option('bearer', {}).parseSync()\nawait ask({ url: argv.url!, headers: headers({ argv }) })\n}\nmain()",
        {
          'src/headers.ts':
            'const parse = ({ given }: { given: string[] }): Record<string, string> =>\n  given.reduce<Record<string, string>>((all, one) => { all[one] = one; return all }, {})\nexport const headers = ({ argv }: { argv: { bearer: string | undefined } }): Record<string, string> => {\n  const headers = parse({ given: argv.given })\n  if (argv.bearer) return { ...headers, Authorization: `Bearer ${argv.bearer}` }\n  return headers\n}',
          'src/ask.ts':
            "export async function ask(args: AskArgs) {\n  const { url, headers } = args\n  console.error(`headers: ${Object.keys(headers).length ? JSON.stringify(headers) : '(none)'}`)\n}",
        },
      ),
      'Authorization is given to console.error',
    ],
    [
      'an option',
      py(
        'import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument("--api-key")\nargs = parser.parse_args()\nprint("key", args.api_key)',
      ),
      'api_key is given to print',
    ],
  ])('fails where a log is given %s', async (_, files, saw) => {
    const { status, own, text } = await row59(files)
    expect([status, own, text]).toEqual(['fail', 'fail', expect.stringContaining(saw)])
  })

  it.each<[string, Files]>([
    [
      'whether it is set',
      ts("const key = process.env.A_API_KEY\nconsole.error(key ? 'with a key' : 'without', Boolean(key), key?.length)"),
    ],
    [
      'what is masked',
      ts(
        "const mask = (text: string) => `${text.slice(0, 2)}***`\nconst key = process.env.A_API_KEY ?? ''\nconsole.error(mask(key))",
      ),
    ],
    [
      'the host of a database',
      ts(
        "const url = new URL(process.env.DATABASE_URL ?? '')\nconsole.error(`database on ${url.host}`, process.env.DATABASE_URL ? 'set' : 'not set')",
      ),
    ],
    [
      'the address of a service',
      ts('console.error(process.env.API_URL, process.env.SENTRY_DSN, process.env.NEO4J_URI)'),
    ],
    [
      'the address of a database without its password',
      py(
        'import re\nurl = os.environ["DATABASE_URL"]\nlogging.info("connecting to %s", re.sub(r":[^@/]*@", ":***@", url))',
      ),
    ],
    [
      'the names of headers',
      ts(
        'const headers: Record<string, string> = {}\nfor (const one of process.argv) headers[one.slice(0, 3)] = one\nconsole.error(`headers: ${Object.keys(headers).join(", ")}`)',
      ),
    ],
    [
      'headers with their values hidden',
      ts(
        "const describe = (headers: Record<string, string>) => JSON.stringify(Object.fromEntries(Object.keys(headers).map(name => [name, hides(name) ? '***' : headers[name]])))\nconst headers: Record<string, string> = {}\nfor (const one of process.argv) headers[one.slice(0, 3)] = one\nconsole.error(describe(headers), { authorization: process.env.A_TOKEN ? 'present' : 'absent' })",
      ),
    ],
    [
      'headers that carry nothing',
      ts(
        "const headers = { 'content-type': 'text/plain', 'x-region': process.env.REGION }\nconsole.error(JSON.stringify(headers))",
      ),
    ],
    [
      'a text that is never made',
      ts(
        'const headers = { Authorization: `Bearer ${process.env.A_TOKEN}` }\nconsole.error(Object(headers).length ? JSON.stringify(headers) : "(none)")',
      ),
    ],
    [
      'what a function hides before it hands it on',
      ts('const tell = (text: string) => { console.error(redact(text)) }\ntell(`key ${process.env.A_API_KEY}`)'),
    ],
    ['a variable that is none', ts('console.error(process.env.A_FOLDER, process.env.A_MAX_TOKENS)')],
    [
      'an answer to a request',
      ts(
        "const call = () => fetch('https://a.test', { headers: { authorization: process.env.A_TOKEN ?? '' } })\ncall().then(answer => console.error(answer.status))",
      ),
    ],
    [
      'a SecretStr',
      py(
        'from pydantic import SecretStr\nfrom pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    api_key: SecretStr\nsettings = Settings()\nlogging.info("key %s", settings.api_key)',
      ),
    ],
    [
      'a statement without its values',
      ts(
        `export const run = async (pool, sql, params) => { console.error('run', sql); return pool.query(sql, params) }`,
      ),
    ],
    [
      'the values of another function',
      ts(
        `export const run = (pool, sql, params) => pool.query(sql, params)\nexport const tell = params => console.error('ready', params)`,
      ),
    ],
    [
      'what is asked over HTTP',
      ts(
        `export const ask = (client, query, variables) => { console.error('asking', variables); return client.request(query, variables) }`,
      ),
    ],
    [
      'values in debug mode alone',
      ts(
        `export const run = (pool, sql, params, log) => { log.debug({ params }, sql); console.error('run'); return pool.query(sql, params) }`,
      ),
    ],
    [
      'the message of an exception of axios',
      ts(
        "import axios from 'axios'\nexport const ask = async () => { try { return await axios.get('https://a.test', { headers: { Authorization: `Bearer ${process.env.A_TOKEN}` } }) } catch (error) { console.error(`failed: ${error}`); throw error } }",
      ),
    ],
    ['one header of a request', ts('app.use((req, res, next) => { console.log(req.headers.accept); next() })')],
    [
      'settings that are blotted out',
      py(
        'from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    api_key: str = ""\ndef tell():\n    settings = Settings().model_dump()\n    settings["api_key"] = "***"\n    logging.info(f"settings: {settings}")',
      ),
    ],
    [
      'the connection without its password',
      ts(
        'const dsn = redact(process.argv[2])\nconst redact = text => text.slice(0, 5)\nconsole.error(`connecting to ${dsn}`)',
      ),
    ],
    ['something that is no log', py('def info(text): ...\ninfo(os.environ["A_TOKEN"])\nlogging.info("started")')],
  ])('passes where a log is given %s', async (_, files) => {
    const { own, text } = await row59(files)
    expect([own, text]).toEqual(['pass', text])
  })
})
