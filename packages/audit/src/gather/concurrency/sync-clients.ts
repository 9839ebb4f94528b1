/** What it does with its rows, of a connection or its cursor. */
const statements = String.raw`(execute|executemany|executescript|commit|fetch\w+|callproc)`
const verbs = '(get|post|put|patch|delete|head|options|request|stream|send)'

const docker = [
  String.raw`(containers|images|networks|volumes|services|nodes|secrets|configs)\.(list|get|create|run|pull|push|build|prune|remove|load|search)`,
  String.raw`containers\.(get|create|run)\(\)\.(start|stop|restart|kill|remove|logs|stats|exec_run|reload|commit|wait|top|pause|unpause)`,
  String.raw`(networks|volumes|images)\.(get|create)\(\)\.(remove|connect|disconnect|reload|save)`,
  '(ping|info|version|df|login)',
]

const databases = [
  String.raw`(psycopg2|pymysql|MySQLdb|mysql\.connector|cx_Oracle|oracledb|pyodbc|pymssql|sqlite3|duckdb|psycopg|snowflake\.connector|trino\.dbapi|databricks\.sql|pyhive\.\w+|hdbcli\.dbapi|ibm_db_dbi|vertica_python|redshift_connector)\.connect(\(\)(\.cursor\(\))?\.${statements})?`,
  String.raw`duckdb\.(connect\(\)\.)?(sql|query)`,
  String.raw`snowflake\.snowpark\..*\.(create|collect|to_pandas|show)`,
  String.raw`sqlalchemy\.(engine\.)?create_engine\(\)\.(connect|begin)(\(\)\.(execute|scalars?|commit))?`,
  String.raw`redis\.(client\.)?(Strict)?(Redis(\.from_url)?|from_url|RedisCluster)\(\)\.(?!(pipeline|pubsub|lock|register_script|connection_pool|get_connection_kwargs)$)\w+`,
  String.raw`pymongo\.(mongo_client\.)?MongoClient\(\).*\.(find_one(_and_\w+)?|(insert|update|delete)_(one|many)|replace_one|bulk_write|aggregate|count_documents|estimated_document_count|distinct|list_(collection|database)_names|server_info|create_index|drop\w*)`,
  String.raw`neo4j\.GraphDatabase\.driver\(\)\.(execute_query|verify_connectivity|session\(\)\.run)`,
  String.raw`clickhouse_connect\.(get_client|create_client)(\(\)\.(query\w*|command|insert\w*|raw_\w+|ping))?`,
  String.raw`(elasticsearch\d?(\.client)?\.Elasticsearch|opensearchpy(\.client)?\.OpenSearch)\(\)\.(options\(\)\.)?([a-z]+\.)?(?!(close|options|transport)$)\w+`,
  String.raw`(elasticsearch\d?|opensearchpy)\.helpers\.(bulk|reindex)`,
  String.raw`influxdb_client\.InfluxDBClient\(\)\.query_api\(\)\.query\w*`,
  String.raw`cassandra\.cluster\.Cluster\(\)\.connect(\(\)\.execute)?`,
  String.raw`qdrant_client\.QdrantClient\(\)\.(?!close$)\w+`,
]

const clouds = [
  String.raw`boto3\.(Session\(\)\.)?client\(\)\.(?!(exceptions|meta|can_paginate|get_paginator|get_waiter|generate_presigned_\w+|close)$)\w+`,
  String.raw`boto3\.(Session\(\)\.)?client\(\)\.(get_waiter\(\)\.wait|get_paginator\(\)\.paginate)`,
  String.raw`boto3\.(Session\(\)\.)?resource\(\)\.[A-Z]\w+\(\)\.(?!(meta|name)$)[a-z]\w*`,
  String.raw`googleapiclient\.discovery\.build\(\).*\.execute`,
  String.raw`google\.cloud\.bigquery\.Client\(\)\.(query|query_and_wait|list_\w+|get_\w+)`,
  String.raw`google\.cloud\.storage\.Client\(\)\.(list|get|create)_\w+`,
  String.raw`gspread\.(service_account|authorize|oauth)\(\)\.(open\w*|create|list_\w+)`,
  String.raw`kubernetes\.client\.\w+Api\(\)\.\w+`,
  String.raw`docker\.(from_env|DockerClient)\(\)\.(${docker.join('|')})`,
]

const services = [
  String.raw`(requests\.(api\.|(sessions\.)?[sS]ession\(\)\.)?|httpx\.(Client\(\)\.)?)${verbs}`,
  String.raw`(urllib\.request\.(urlopen|urlretrieve)|urllib3\.(PoolManager\(\)\.)?request|httplib2\.Http\(\)\.request)`,
  String.raw`http\.client\.HTTPS?Connection\(\)\.(request|getresponse)`,
  // whatever is asked of a proxy is a method of another machine
  String.raw`xmlrpc\.client\.(ServerProxy|Server)\(\)\.\w[\w.]*`,
  String.raw`zeep\.Client\(\)\.service\.\w+`,
  String.raw`socket\.(create_connection|getaddrinfo|gethostbyname|socket\(\)\.(accept|recv\w*))`,
  String.raw`smtplib\.SMTP(_SSL)?(\(\)\.(sendmail|send_message|login|starttls|connect))?`,
  String.raw`imaplib\.IMAP4(_SSL)?(\(\)\.(login|select|search|fetch|store|append|list|uid|copy|expunge))?`,
  String.raw`ftplib\.FTP(_TLS)?(\(\)\.(login|connect|cwd|nlst|mlsd|dir|retr\w+|stor\w+|delete|rename|mkd|rmd|size))?`,
  String.raw`ldap3\.Connection\(\)\.(bind|rebind|open|start_tls|search|add|modify|modify_dn|delete|compare)`,
  String.raw`ldap\.initialize\(\)\.\w+_s`,
  String.raw`paramiko\.SSHClient\(\)\.(connect|exec_command|open_sftp)`,
  String.raw`github\.Github\(\)\.(get|search)_\w+`,
  String.raw`gitlab\.Gitlab\(\)\.(auth|http_\w+|\w+\.(get|list|create|update|delete))`,
  String.raw`atlassian\.(Confluence|Jira|Bitbucket)\(\)\.\w+`,
  String.raw`jira\.JIRA\(\)\.\w+`,
  String.raw`slack_sdk\.WebClient\(\)\.\w+`,
  String.raw`twilio\.rest\.Client\(\)\.[\w.]*\.(create|fetch|list)`,
  String.raw`notion_client\.Client\(\)\.[\w.]*\.(query|retrieve|create|update|list|search)`,
  String.raw`openai\.(Azure)?OpenAI\(\)\.[\w.]*\.(create|generate|retrieve|list)`,
  String.raw`anthropic\.Anthropic\(\)\.[\w.]*\.(create|list)`,
  String.raw`tavily\.TavilyClient\(\)\.\w+`,
  String.raw`(ddgs|duckduckgo_search)\.DDGS\(\)\.(text|news|images|videos)`,
]

/** Clients of Python that wait for another machine: of those there is another class that can be awaited, or none. */
export const syncClients = [...databases, ...clouds, ...services].map(path => new RegExp(`^${path}$`))
