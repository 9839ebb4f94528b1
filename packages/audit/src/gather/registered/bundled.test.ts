import { describe, expect, it } from 'vitest'
import commandInjection from '../../items/security/command-injection.ts'
import originValidation from '../../items/security/origin-validation.ts'
import secretManagement from '../../items/security/secret-management.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'

/** The SDK within the file, with names of its own, as bundlers leave it. */
const sdk = `import{exec as q}from"node:child_process";import h from"express";
var P=z.object({method:z.string()}),R=P.extend({method:z.literal("tools/call"),params:z.any()});
var K=class{constructor(e){this._i=e}_oninitialize(e){return e}getClientCapabilities(){return{}}createMessage(e){return e}setRequestHandler(e,t){this.m=[e,t]}async connect(e){await e.start()}};
var W=class{async handleGetRequest(e){return e}async handlePostRequest(e){return e}validateRequestHeaders(e){if(this._allowedOrigins&&!this._allowedOrigins.includes(e.headers.get("origin")))return this.createJsonErrorResponse(403)}async send(e){return e}async handleRequest(e,t){return e}};
`
const filler = `var L=[${'1,'.repeat(4000)}1];`
const bundle = (code: string, isMinified: boolean): Files => ({
  'package.json': JSON.stringify({ name: 'a', version: '1.0.0', type: 'module', bin: { a: './dist/cli.mjs' } }),
  'dist/cli.mjs': `${sdk}${isMinified ? filler : ''}\n${code}`,
})

const tool = (command: string): string =>
  `var s=new K({name:"a"});s.setRequestHandler(R,async e=>{q(${command});return{content:[]}});`
const http = `var s=new K({name:"a"}),a=h();a.post("/mcp",async(e,t)=>{let n=new W;await s.connect(n);await n.handleRequest(e,t)});a.listen(3000,"127.0.0.1");`
const logged = `var t=process.env.AUTH_TOKEN;console.error(\`token: \${t}\`);`

const status = async (item: Parameters<typeof judgeFiles>[0], files: Files): Promise<string[]> =>
  (await judgeFiles(item, files)).verdicts.filter(({ proof }) => proof === 'repository').map(({ status }) => status)

describe.each([
  ['a bundle', false],
  ['a minified bundle', true],
])('%s of the SDK', (_, isMinified) => {
  it('has handlers, which are followed', async () => {
    const made = (command: string): Files => bundle(tool(command), isMinified)
    expect(await status(commandInjection, made('`ls ${e.params.arguments.path}`'))).toContain('fail')
    expect(await status(commandInjection, made('"ls"'))).not.toContain('fail')
  })

  it('does not look at Origin because the SDK could', async () => {
    expect(await status(originValidation, bundle(http, isMinified))).toContain('fail')
  })

  it('shows what is logged', async () => {
    expect(await status(secretManagement, bundle(logged, isMinified))).toContain('fail')
    expect(await status(secretManagement, bundle('console.error("started");', isMinified))).not.toContain('fail')
  })
})
