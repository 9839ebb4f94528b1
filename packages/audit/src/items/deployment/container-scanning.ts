import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { images, type Images, type ImageStep } from '../../gather/containers/images.ts'
import { imageName } from '../../gather/containers/workloads.ts'
import { dockerfiles } from '../../gather/dockerfiles.ts'
import { project, type Project } from '../../gather/project.ts'
import { isPublished, published } from '../../gather/published.ts'

const wanted = 'a step that scans the image of this server, such as trivy image, grype or docker scout'

const plain = (name: string): string =>
  imageName(name)
    .toLowerCase()
    .replaceAll(/[^a-z0-9*]+/g, '-')

/** Whether a scanned image is that of this server: built here, named like it, or named by something computed. */
const isOurs = (name: string, { steps }: Images, { node, python }: Project): boolean => {
  const built = steps.filter(({ kind }) => kind !== 'scan').flatMap(({ names }) => names.map(plain))
  const packages = [...node, ...python].map(each => plain(each.name ?? ''))
  return (
    plain(name).includes('*') ||
    [...built, ...packages].includes(plain(name)) ||
    (built.length > 0 && built.every(each => each.includes('*')))
  )
}

const placed = ({ step, does }: ImageStep, saw: string): Evidence => ({
  at: step.at,
  line: step.line,
  saw: `${does}: ${saw}`,
  wanted,
})

/** Scans that find nothing out about the image. */
const idle = (images: Images, project: Project): Evidence[] =>
  images.steps
    .filter(({ kind }) => kind === 'scan')
    .map(each => {
      if (each.idle !== null) return placed(each, each.idle)
      if (each.names.length === 0) return placed(each, 'it names no image')
      return placed(each, `it scans ${each.names.filter(name => !isOurs(name, images, project)).join(', ')}`)
    })

const hint = /scan|trivy|grype|snyk|vuln|security|docker|image|container/i

/** What may scan it and cannot be read. */
const hidden = ({ pipelines: { steps, elsewhere, otherSystems } }: Images): string | undefined => {
  const opaque = steps
    .filter(({ events }) => events.length > 0)
    .flatMap(each => each.opaque.filter(one => /scan|trivy|grype|vuln/i.test(one)))
  return elsewhere.find(({ uses }) => hint.test(uses))?.uses ?? opaque[0] ?? otherSystems[0]
}

const item: Item = {
  id: 'container-scanning',
  area: 'deployment',
  rows: [151],
  title: 'The image is scanned for known vulnerabilities',
  level: 'should',
  why: 'Most of an image is other people’s packages, and holes are found in them after the day it was built.',
  how: 'Scan the image in the workflow that builds it and once a week (aquasecurity/trivy-action with image-ref, anchore/scan-action with image, `docker scout cves`), and let serious findings fail the run.',
  refs: ['https://trivy.dev/latest/docs/target/container_image/', 'https://docs.docker.com/scout/'],
  checks: [
    check({
      asks: 'Does a pipeline scan the image of this server?',
      needs: { images, dockerfiles, project, published },
      judge: ({ images, dockerfiles, project, published }) => {
        const builds = images.steps.some(({ kind, fromDockerfile }) => kind !== 'scan' && !fromDockerfile)
        if (dockerfiles.length === 0 && !builds) return notApplicable('no Dockerfile, and no workflow builds an image')
        const template = images.pipelines.elsewhere.find(({ uses }) => /Container-Scanning/.test(uses))
        const scans = images.steps.filter(
          ({ kind, names, idle }) =>
            kind === 'scan' && idle === null && names.some(name => isOurs(name, images, project)),
        )
        const proven = scans.map(({ step, does, names, gates, tolerated }): Evidence => {
          const weight =
            gates && !tolerated ? 'serious findings fail the run' : 'its findings are reported and do not fail the run'
          return {
            at: step.at,
            line: step.line,
            saw: `${does} scans ${names.join(', ')} on ${step.events.join(', ')}; ${weight}`,
          }
        })
        if (template)
          proven.push({ at: template.at, line: template.line, saw: `the template of GitLab: ${template.uses}` })
        if (proven.length > 0) return judged([], proven, 'not reached')
        const found = idle(images, project)
        if (found.length > 0) return judged(found, [], 'not reached')
        if (isPublished(published)) return unknown(`this is ${published.what}; its pipeline is not part of it`)
        const may = hidden(images)
        if (may) return unknown(`${may} may scan the image: that cannot be read from here`)
        return fail({ at: '.github/workflows', saw: 'no step scans an image', wanted })
      },
    }),
  ],
}

export default item
