import { check, type Item } from '../../core/item.ts'
import { judged, type Evidence } from '../../core/verdict.ts'
import { largeBytes, largeFiles } from '../../gather/large-files.ts'

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`

const item: Item = {
  id: 'large-files',
  area: 'repository',
  rows: [115],
  title: 'Large files are kept out of the history',
  level: 'may',
  why: 'Every clone, and every run of the pipeline, downloads each version of a large file for ever.',
  how: 'Keep files above 5 MB in Git LFS (`git lfs track`, commit .gitattributes, `git lfs migrate import` for what is already there) or outside of the repository.',
  refs: [
    'https://docs.github.com/en/repositories/working-with-files/managing-large-files/about-git-large-file-storage',
    'https://git-scm.com/docs/gitattributes',
  ],
  checks: [
    check({
      asks: 'Are large files left to Git LFS?',
      needs: { largeFiles },
      judge: ({ largeFiles: { files, large, largest, patterns, past, orphans, kept, cut } }) => {
        const broken: Evidence[] = [
          ...large.slice(0, 10).map(({ path, bytes, inTree, id }) => ({
            at: path || `git object ${id.slice(0, 10)}`,
            saw: `${megabytes(bytes)}${inTree ? '' : ', in an earlier version'}`,
            wanted: 'Git LFS, or another place for it',
          })),
          ...past.slice(0, 10).map(({ path }) => ({
            at: path,
            saw: `covered by Git LFS in ${patterns[0]?.path ?? '.gitattributes'}, but its content is in git itself`,
            wanted: 'a pointer of Git LFS: `git add --renormalize .` with git-lfs installed',
          })),
          ...orphans.slice(0, 10).map(path => ({
            at: path,
            saw: 'a pointer of Git LFS that no line of .gitattributes covers',
            wanted: 'a line `filter=lfs` for it in .gitattributes',
          })),
        ]
        const biggest = largest ? `, the largest version of one ${megabytes(largest.bytes)} (${largest.path})` : ''
        const limit = cut ? `; the history was read up to a bound (${cut})` : ''
        const saw = `${files} files, none above ${largeBytes / 1024 / 1024} MB in git itself${biggest}; ${kept} in Git LFS${limit}`
        return judged(broken, [{ at: '.git', saw }], 'not reached')
      },
    }),
  ],
}

export default item
