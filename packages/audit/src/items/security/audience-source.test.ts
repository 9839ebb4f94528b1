import { describe, expect, it } from 'vitest'
import { bearer, guardedPython, guardedTypescript, refuse } from '../../testing/guarded-servers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import authentication from './authentication.ts'

const verifierOf = (options: string, more = ''): Files =>
  bearer(
    `async token => {\n  const { payload } = await jwtVerify(token, keys, ${options})\n  ${more}\n  return { token, clientId: payload.sub, scopes: [] }\n}`,
  )
const fastmcp = (verifier: string): Files => ({
  'a/server.py': `import os
from fastmcp import FastMCP
from fastmcp.server.auth import RemoteAuthProvider
from fastmcp.server.auth.providers.jwt import JWTVerifier

mcp = FastMCP("a", auth=${verifier})


def main():
    mcp.run(transport="http", host="0.0.0.0")
`,
})
const keysOf = 'jwks_uri=os.environ["ISSUER"] + "/jwks", issuer=os.environ["ISSUER"]'
const middleware = (options: string): Files =>
  guardedPython(
    `keys = jwt.PyJWKClient(os.environ["JWKS"])\nheader = request.headers.get("authorization", "")\nif not header:\n    ${refuse}\nkey = keys.get_signing_key_from_jwt(header[7:]).key\nclaims = jwt.decode(header[7:], key, algorithms=["RS256"], ${options})\nreturn await call_next(request)`,
  )

const said = async (files: Files): Promise<[string[], string]> => {
  const found = (await judgeFiles(authentication, files)).verdicts.filter(({ proof }) => proof === 'repository')
  return [found.map(({ status }) => status), JSON.stringify(found)]
}

describe('the audience of tokens', () => {
  it.each<[string, Files]>([
    ['jose', verifierOf('{ issuer: process.env.ISSUER }')],
    ['FastMCP', fastmcp(`JWTVerifier(${keysOf})`)],
    [
      'FastMCP, within a provider',
      fastmcp(`RemoteAuthProvider(token_verifier=JWTVerifier(${keysOf}), authorization_servers=[], base_url="a")`),
    ],
    ['PyJWT', middleware('options={"verify_aud": False}')],
  ])('fails where nothing looks at it: %s', async (_, files) => {
    expect(await said(files)).toEqual([['fail'], expect.stringContaining('nothing looks at their audience')])
  })

  it.each<[string, Files]>([
    ['jose', verifierOf("{ issuer: process.env.ISSUER, audience: 'https://notes.example' }")],
    [
      'a comparison of its own',
      verifierOf(
        '{ issuer: process.env.ISSUER }',
        "if (payload.aud !== 'https://notes.example') throw new Error('no')",
      ),
    ],
    ['FastMCP', fastmcp(`JWTVerifier(${keysOf}, audience=os.environ["AUDIENCE"])`)],
    ['PyJWT', middleware('audience=os.environ["AUDIENCE"]')],
    [
      'tokens that it makes itself',
      guardedTypescript({
        top: "import jwt from 'jsonwebtoken'",
        before:
          "app.use((req, res, next) => {\n  try {\n    jwt.verify(req.headers.authorization.slice(7), KEY, { algorithms: ['HS256'] })\n    next()\n  } catch {\n    res.status(401).end()\n  }\n})",
      }),
    ],
  ])('passes where it is looked at: %s', async (_, files) => {
    const [statuses, text] = await said(files)
    expect([statuses, text]).toEqual([['pass'], text])
  })
})
