import { syncClients } from './sync-clients.ts'

/** What holds its thread until the disk, another process, another machine or a clock answers. */
const typescript =
  /^((fs|fs-extra|graceful-fs|zlib|sync-fetch|sync-request|execa):\w*Sync$|child_process:(exec|execFile|spawn)Sync$|crypto:(pbkdf2|scrypt|generateKeyPair|argon2)Sync$|cross-spawn:sync$|bcrypt(js)?:(default\.)?(hash|compare|genSalt)Sync$|sync-(fetch|request):$|global:Atomics\.wait$)/
/** They only ask for what is known about a file, in some microseconds. */
const passing = /:(exists|access|l?stat|fstat|realpath(\.native)?|readlink|close|unwatchFile)Sync$/

const files = /^(builtins\.open|io\.open|codecs\.open|gzip\.open|zipfile\.ZipFile)$/
const paths =
  /^(pathlib\.)?(Path|PurePath|PosixPath)\(\)(\.\w+\(\))*\.(read_text|read_bytes|write_text|write_bytes|open)$/
const trees = /^shutil\.(copy\w*|move|rmtree|make_archive|unpack_archive)$/
const processes =
  /^(subprocess\.(run|call|check_call|check_output|getoutput|getstatusoutput)|subprocess\.Popen\(\)\.(wait|communicate)|os\.(system|popen|waitpid|wait))$/
/** They hold their thread until another one has something to say. */
const waits =
  /^(queue\.\w*Queue\(\)\.get|threading\.(Event|Condition|Barrier)\(\)\.wait|threading\.Thread\(\)\.join|concurrent\.futures\.(thread\.|process\.)?\w*Executor\(\)\.submit\(\)\.result|asyncio\.run_coroutine_threadsafe\(\)\.result)$/
const python = [/^time\.sleep$/, waits, files, paths, trees, processes, ...syncClients]

export const isBlocking = (path: string): boolean =>
  /^[\w@/-]*:/.test(path) ? typescript.test(path) && !passing.test(path) : python.some(one => one.test(path))

/** Methods that only `pathlib.Path` and what is like it has. */
export const pathMethods = /^(read_text|read_bytes|write_text|write_bytes)$/

/** It runs what it is given in another thread or process, or once the server ends. */
export const isElsewhere = (path: string): boolean =>
  /^(asyncio\.to_thread|(anyio|trio)\.to_thread\.run_sync|anyio\.to_process\.run_sync|anyio\.from_thread\.|asgiref\.sync\.sync_to_async|asyncer\.asyncify|(starlette|fastapi)\.concurrency\.run_in_threadpool|threading\.(Thread|Timer)|multiprocessing\.|concurrent\.futures\.|atexit\.register|weakref\.finalize|global:process\.(on|once)|process:(on|once)|.*\.(run_in_executor|to_thread|run_in_threadpool))/.test(
    path,
  )
export const elsewhereMethods =
  /^(run_in_executor|to_thread|run_in_threadpool|run_in_thread|submit|apply_async|map_async)$/
