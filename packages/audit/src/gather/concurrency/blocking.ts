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
const verbs = '(get|post|put|patch|delete|head|options|request|stream|send)'
const requests = new RegExp(
  `^(requests\\.(api\\.|(sessions\\.)?[sS]ession\\(\\)\\.)?${verbs}|httpx\\.(Client\\(\\)\\.)?${verbs}|urllib\\.request\\.(urlopen|urlretrieve)|urllib3\\.(PoolManager\\(\\)\\.)?request|http\\.client\\.HTTPS?Connection\\(\\)\\.(request|getresponse)|smtplib\\.SMTP(_SSL)?|socket\\.(create_connection|getaddrinfo|gethostbyname))$`,
)
const databases =
  /^((psycopg2|pymysql|MySQLdb|mysql\.connector|cx_Oracle|oracledb|pyodbc|sqlite3|duckdb)\.connect(\(\)(\.cursor\(\))?\.(execute|executemany|executescript|commit|fetch\w+))?|psycopg\.connect|redis\.(Strict)?Redis\(\)\.\w+|boto3\.(client|resource|Session\(\)\.(client|resource))\(\)\.(?!exceptions|meta)\w+|pymongo\.MongoClient\(\).*\.(find_one|insert_one|insert_many|update_one|delete_one|aggregate))$/
/** Clients that wait for another machine: of those there is another class that can be awaited, or none. */
const docker = [
  String.raw`(containers|images|networks|volumes|services|nodes|secrets|configs)\.(list|get|create|run|pull|push|build|prune|remove|load|search)`,
  String.raw`containers\.(get|create|run)\(\)\.(start|stop|restart|kill|remove|logs|stats|exec_run|reload|commit|wait|top|pause|unpause)`,
  String.raw`(networks|volumes|images)\.(get|create)\(\)\.(remove|connect|disconnect|reload|save)`,
  '(ping|info|version|df|login)',
]
const clients = [
  String.raw`docker\.(from_env|DockerClient)\(\)\.(${docker.join('|')})`,
  String.raw`paramiko\.SSHClient\(\)\.(connect|exec_command|open_sftp)`,
  String.raw`kubernetes\.client\.\w+Api\(\)\.\w+`,
  String.raw`snowflake\.connector\.connect(\(\)(\.cursor\(\))?\.(execute|executemany|fetch\w+))?`,
  String.raw`snowflake\.snowpark\..*\.(create|collect|to_pandas|show)`,
  String.raw`googleapiclient\.discovery\.build\(\).*\.execute`,
  String.raw`google\.cloud\.bigquery\.Client\(\)\.(query|query_and_wait|list_\w+|get_\w+)`,
  String.raw`google\.cloud\.storage\.Client\(\)\.(list|get|create)_\w+`,
  String.raw`github\.Github\(\)\.(get|search)_\w+`,
  String.raw`slack_sdk\.WebClient\(\)\.\w+`,
  String.raw`openai\.(Azure)?OpenAI\(\)\.[\w.]*\.(create|generate|retrieve|list)`,
  String.raw`anthropic\.Anthropic\(\)\.[\w.]*\.(create|list)`,
  String.raw`notion_client\.Client\(\)\.[\w.]*\.(query|retrieve|create|update|list|search)`,
  String.raw`neo4j\.GraphDatabase\.driver\(\)\.(execute_query|verify_connectivity|session\(\)\.run)`,
  String.raw`(elasticsearch\.Elasticsearch|opensearchpy\.OpenSearch)\(\)\.((indices|cat|cluster|nodes)\.)?\w+`,
  String.raw`jira\.JIRA\(\)\.\w+`,
  String.raw`clickhouse_connect\.(get_client|create_client)(\(\)\.(query\w*|command|insert\w*|raw_\w+|ping))?`,
  String.raw`tavily\.TavilyClient\(\)\.\w+`,
].map(path => new RegExp(`^${path}$`))
/** They hold their thread until another one has something to say. */
const waits =
  /^(queue\.\w*Queue\(\)\.get|threading\.(Event|Condition|Barrier)\(\)\.wait|threading\.Thread\(\)\.join|concurrent\.futures\.(thread\.|process\.)?\w*Executor\(\)\.submit\(\)\.result|asyncio\.run_coroutine_threadsafe\(\)\.result)$/
const python = [/^time\.sleep$/, waits, files, paths, trees, processes, requests, databases, ...clients]

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
