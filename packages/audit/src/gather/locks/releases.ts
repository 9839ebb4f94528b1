import type { Ecosystem } from './read.ts'

/** The day on which the registries were asked, ISO. At impact `read` nothing is asked. */
export const releasesAsOf = '2026-11-22'

export interface Release {
  ecosystem: Ecosystem
  name: string
  /** The newest stable version on that day. */
  newest: string
  source: string
}

const onNpm = (name: string, newest: string): Release => ({
  ecosystem: 'npm',
  name,
  newest,
  source: `https://www.npmjs.com/package/${name}`,
})
const onPyPI = (name: string, newest: string): Release => ({
  ecosystem: 'pypi',
  name,
  newest,
  source: `https://pypi.org/project/${name}/`,
})

/** The SDKs and frameworks that an MCP server is built on. */
export const releases: Release[] = [
  onNpm('@modelcontextprotocol/server', '2.4.0'),
  onNpm('@modelcontextprotocol/sdk', '1.32.2'),
  onNpm('fastmcp', '4.20.16'),
  onNpm('mcp-framework', '0.2.22'),
  onNpm('mcp-handler', '2.4.0'),
  onNpm('xmcp', '1.1.3'),
  onNpm('tmcp', '1.20.0'),
  onPyPI('fastmcp', '4.1.6'),
  onPyPI('mcp', '2.3.0'),
]
