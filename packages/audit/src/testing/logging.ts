import secretManagement from '../items/security/secret-management.ts'
import { judgeFiles, type Files } from './repositories.ts'

export const typescriptServer = (source: string, extra: Files = {}): Files => ({
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'\n${source}\n`,
  ...extra,
})

export const pythonServer = (source: string): Files => ({
  'a/server.py': `import logging\nimport os\nfrom fastmcp import FastMCP\n${source}\n`,
})

/** What is said of the credentials in a log. */
export const logging = async (files: Files) => {
  const { status, verdicts } = await judgeFiles(secretManagement, files)
  const found = verdicts.find(({ rows }) => rows?.includes(59))
  return { status, own: found?.status, text: JSON.stringify(found) }
}
