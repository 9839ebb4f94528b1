import { gatherer } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { isLoopback } from '../target/web.ts'

/** In which form the server was audited. */
export interface AuditedForm {
  kind: 'deployed' | 'bundle' | 'container' | 'package' | 'source' | 'this-machine'
  /** How it was reached or started. */
  shown: string
}

const containers = /(^|\/)(docker|podman|nerdctl)$/
const packages = /(^|\/)(npx|uvx|pipx|bunx)$/

const isInside = (folder: string, root: string): boolean => folder === root || folder.startsWith(`${root}/`)

const formOf = ({ server, bundle, repository }: Target): AuditedForm => {
  const launch = server?.launch
  if (bundle) return { kind: 'bundle', shown: bundle.file }
  if (!launch) {
    const url = server && 'url' in server ? server.url : ''
    const { origin, pathname } = new URL(url)
    return { kind: isLoopback(url) ? 'this-machine' : 'deployed', shown: origin + pathname }
  }
  const shown = [launch.command, ...launch.args].join(' ')
  if (containers.test(launch.command) && launch.args.includes('run')) return { kind: 'container', shown }
  // Launchers take what lies in the current directory before what was published.
  const isPublished =
    packages.test(launch.command) &&
    !(repository && isInside(launch.cwd, repository.root)) &&
    !launch.args.some(word => /^(\.{0,2}\/|file:|--from=?\.)/.test(word))
  return { kind: isPublished ? 'package' : 'source', shown }
}

/** What it is that this audit speaks to: what is deployed or shipped, or the source tree. */
export const auditedForm = gatherer({
  id: 'audited-form',
  impact: 'start',
  from: 'server',
  gather: target => formOf(target),
})
