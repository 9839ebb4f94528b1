import { arrivals, at, linkItself, type Rule } from './arrival.ts'

const js = '(fs|fs/promises|fs-extra|graceful-fs):(promises\\.)?'
const one =
  '(readFile|writeFile|appendFile|readdir|opendir|unlink|rm|rmdir|mkdir|truncate|open|cp|copyFile|rename|symlink|link|chmod|chown|utimes|readlink|watch|watchFile|createReadStream|createWriteStream|outputFile|outputJson|outputJSON|readJson|readJSON|writeJson|writeJSON|remove|emptyDir|ensureDir|ensureFile|move|copy)(Sync)?'
/** They take what is named for itself: a link goes, and not what it leads to. */
const ofLinks = /[.:](unlink|rm|rmdir|remove|removedirs|rename|replace|rmtree|readlink)(Sync)?$/
const twoPaths = /(cp|copy\w*|rename|symlink|link|move|replace|copytree)(Sync)?$/

export const files: Rule = {
  kind: 'file',
  path: new RegExp(
    `^${js}${one}$|^global:(Bun\\.(file|write)|Deno\\.(read|write|open|remove|mkdir)\\w*)$|^(builtins|io|codecs|aiofiles|os)\\.open$|^os\\.(remove|unlink|rmdir|removedirs|mkdir|makedirs|listdir|scandir|walk|rename|replace|symlink|link|truncate|chmod)$|^shutil\\.(copy2?|copyfile|copytree|move|rmtree)$|^PIL\\.Image\\.open$|^zipfile\\.ZipFile$|^tarfile\\.open$|^(openpyxl(\\.reader\\.excel)?\\.load_workbook|docx\\.Document|pptx\\.Presentation|(pypdf|PyPDF2)\\.Pdf\\w+|(fitz|pymupdf|pdfplumber)\\.open|xlrd\\.open_workbook|cv2\\.im(read|write)|markitdown\\.MarkItDown\\(\\)\\.convert(_uri|_local)?|xlsx:(default\\.)?(readFile|writeFile)|sharp:|exceljs:(default\\.)?Workbook\\(\\)\\.xlsx\\.(read|write)File)$|^(pandas\\.read_(csv|excel|json|parquet|table|xml|feather|pickle)|numpy\\.(load|loadtxt|genfromtxt))$`,
  ),
  look: (call, frame, machine, path) =>
    [
      ...arrivals('file', at(call, 0, 'file'), frame, machine),
      ...(twoPaths.test(path) ? arrivals('file', at(call, 1, 'dst'), frame, machine) : []),
    ].map(arrival => (ofLinks.test(path) ? { ...arrival, program: linkItself } : arrival)),
}

/** A repository of git that is opened where an argument says. */
export const gitFolders: Rule = {
  kind: 'file',
  path: /^git\.(repo\.)?(base\.)?Repo(\.init)?$|^simple-git:(default|simpleGit|gitP)$/,
  look: (call, frame, machine) =>
    arrivals('file', at(call, 0, 'path'), frame, machine)
      .flatMap(arrival =>
        arrival.data.flatMap(datum =>
          datum.is === 'record'
            ? machine.member(datum, 'baseDir').map(each => ({ ...arrival, data: [each] }))
            : [arrival],
        ),
      )
      .filter(({ data: [datum] }) => datum?.is !== 'constant'),
}

/** `repo.index.add(files)` of GitPython reads files itself, also those outside of the repository, and refuses whole paths alone. */
export const gitIndexes: Rule = {
  kind: 'file',
  path: /^git\.(repo\.)?(base\.)?Repo(\.init|\.clone_from)?\(\)\.index\.add$|^git\.(index\.)?(base\.)?IndexFile\(\)\.add$/,
  look: (call, frame, machine) =>
    arrivals('file', at(call, 0, 'items'), frame, machine).flatMap(arrival =>
      arrival.data
        .flatMap(datum => machine.items(datum) ?? [datum])
        .flatMap(machine.plain)
        .filter(item => item.is !== 'text' || item.marks.size === 0 || !item.text.startsWith('/'))
        .map(item => ({ ...arrival, data: [item] })),
    ),
}

/** Methods of pathlib, on what is certain to be a path. */
export const pathMethods: Rule = {
  path: /^pathlib\.\w+\(\)(\.\w+(\(\))?)*\.(read_text|write_text|read_bytes|write_bytes|iterdir|rglob|glob|unlink|mkdir|rmdir|touch|open|rename|symlink_to|hardlink_to)$/,
  method:
    /^(read_text|write_text|read_bytes|write_bytes|iterdir|rglob|glob|unlink|mkdir|rmdir|touch|open|rename|symlink_to|hardlink_to)$/,
  look: ({ callee }, frame, machine, path) =>
    callee.is === 'member'
      ? arrivals('file', callee.of, frame, machine).filter(
          ({ data: [datum] }) =>
            (datum?.is === 'text' && datum.as === 'path') ||
            // others have methods of the same name: what is made by pathlib is certain by its name outside the repository
            (datum?.is === 'some' && datum.marks.size > 0 && (path !== '' || /^(read|write)_/.test(callee.name))),
        )
      : [],
}
