"""Source code, shells, logs and configurations that hold nobody's data: grammars for `compose` (parts `n.` are drawn numbers).

Braces of code are doubled, as templates require; brackets are kept free of `|` wherever they are not meant as a choice.
"""

from __future__ import annotations


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CODE: dict[str, tuple[str, ...]] = {
    "verb": _split(
        "get set load save parse build fetch update delete create render compute merge split validate encode decode open close reset flush retry handle process collect send"
    ),
    "noun": _split(
        "user order item cache token buffer config node tree record session request response batch index queue worker result payload row column event page message patient account invoice driver file path header key value"
    ),
    "Noun": _split(
        "User Order Item Cache Token Buffer Config Node Tree Record Session Request Response Batch Index Queue Worker Result Payload Event Page Message Patient Account Invoice Driver Handler Service Client Factory Manager Grace Mark Bill Jordan Austin"
    ),
    "type": _split("int str float bool bytes list dict"),
    "ctype": _split("int long double char size_t uint32_t"),
    "exc": _split(
        "ValueError KeyError TypeError IndexError RuntimeError TimeoutError ConnectionError AttributeError FileNotFoundError OSError"
    ),
    "jexc": _split(
        "NullPointerException IllegalStateException IOException SQLException IllegalArgumentException TimeoutException ClassCastException"
    ),
    "level": _split("INFO INFO INFO DEBUG WARN ERROR TRACE"),
    "svc": _split(
        "api-gateway auth billing search indexer scheduler worker-3 payments ingest web-01 db-primary cache edge ledger notifier"
    ),
    "pkg": _split(
        "requests numpy lodash express serde tokio junit spring-core guava boto3 pandas react axios fastapi django rails jackson-databind openssl zlib"
    ),
    "branch": _split(
        "main develop release/2.4 feature/login-page fix/null-check hotfix/timeout chore/deps austin-release carter/refactor"
    ),
    "dir": _split("src lib app core internal pkg services models utils tests handlers"),
    "file": _split(
        "main.py utils.py server.go client.rs App.java index.ts app.js handler.rb query.sql parser.c buffer.cpp Makefile models.py views.py routes.ts config.yml"
    ),
    "host": _split("localhost db01 redis.internal kafka-2 example.com cache01 node-7 10.0.0.1 127.0.0.1 0.0.0.0"),
    "commit": (
        "[fix|feat|chore|docs|refactor|test|perf]: {verb} {noun} [before|after|instead of|without] {noun}",
        "Merge branch '{branch}'",
        "Bump {pkg} from {n.version} to {n.version}",
        "[Add|Remove|Rename|Speed up|Document|Revert] {verb}_{noun}",
        "[Fix|Handle] [race|leak|off-by-one|overflow|typo] in {noun} {noun}",
        "WIP",
        "Release {n.version}",
    ),
    "python": (
        'def {verb}_{noun}({noun}: {type}, limit: int = {n.int}) -> {type}:\n    """[Return|Build|Check] the {noun}."""\n    if {noun} is None:\n        raise {exc}("no {noun}")\n    return {noun}[:limit]',
        "class {Noun}{Noun}:\n    def __init__(self, {noun}, timeout_s={n.float}):\n        self._{noun} = {noun}\n        self.timeout_s = timeout_s\n\n    def {verb}(self):\n        return self._{noun}.{verb}({n.int})",
        'import {pkg}\nfrom {pkg}.{noun} import {Noun}\n\n{noun}s = [{n.int}, {n.int}, {n.int}]\nfor i, {noun} in enumerate({noun}s):\n    print(f"{{i}}: {{{noun}:>8.2f}}")',
        'with open("{file_name}", "rb") as {noun}:\n    data = {verb}_{noun}({noun}.read({n.int}))\nassert len(data) == {n.int}',
        '@pytest.mark.parametrize("{noun}, expected", [({n.int}, {n.int}), ({n.int}, {n.int})])\ndef test_{verb}_{noun}({noun}, expected):\n    assert {verb}({noun}) == expected',
        'df = pd.read_csv("{file_name}")\ndf["{noun}"] = df["{noun}_id"].map({verb}_{noun}).fillna({n.int})\nprint(df.groupby("{noun}").mean().round({n.digit}))',
        'try:\n    {noun} = {verb}({noun}_id={n.int})\nexcept {exc} as error:\n    logger.warning("could not {verb} %s: %s", {noun}_id, error)\n    time.sleep({n.float})',
        'MAX_{caps} = {n.int}\n{caps}_TIMEOUT = {n.float}\nDEFAULT_PORT = {n.port}\nSCHEMA_VERSION = "{n.version}"',
    ),
    "caps": _split("RETRIES USERS ROWS DEPTH BYTES ITEMS SESSIONS NAME_LENGTH"),
    "javascript": (
        "const {noun} = await fetch(`/api/v{n.digit}/{noun}s/${{id}}`);\nif (!{noun}.ok) throw new Error(`HTTP ${{{noun}.status}}`);\nconst {{ {noun}Id, total }} = await {noun}.json();",
        "export function {verb}{Noun}({noun}, options = {{ limit: {n.int}, retry: true }}) {{\n  return {noun}.filter((x) => x.id > {n.int}).map(({noun}) => {noun}.name);\n}}",
        "app.{verb}('/{noun}/:id', (req, res) => {{\n  res.status({n.status}).json({{ {noun}: req.params.id, ttl: {n.int} }});\n}});",
        "useEffect(() => {{\n  const timer = setTimeout(() => set{Noun}(null), {n.int});\n  return () => clearTimeout(timer);\n}}, [{noun}]);",
        "module.exports = {{ port: {n.port}, {noun}: process.env.{caps} ?? {n.int} }};",
    ),
    "typescript": (
        "interface {Noun}{Noun} {{\n  {noun}Id: number;\n  firstName: string;\n  {noun}?: Record<string, unknown>;\n}}",
        "export async function {verb}{Noun}(id: number): Promise<{Noun}> {{\n  return this.{noun}Repository.findOneOrFail({{ where: {{ id }} }});\n}}",
    ),
    "java": (
        "public class {Noun}{Noun} extends Abstract{Noun} {{\n    private static final int MAX_{caps} = {n.int};\n\n    @Override\n    public {Noun} {verb}{Noun}(String {noun}Name) throws {jexc} {{\n        return {noun}Map.getOrDefault({noun}Name, new {Noun}({n.int}L));\n    }}\n}}",
        '@GetMapping("/{noun}s/{{id}}")\npublic ResponseEntity<{Noun}> {verb}(@PathVariable Long id) {{\n    return ResponseEntity.ok({noun}Service.{verb}(id));\n}}',
        "List<String> names = {noun}s.stream().map({Noun}::getName).limit({n.int}).toList();",
    ),
    "go": (
        'func (s *{Noun}Server) {Noun}(ctx context.Context, {noun} *{Noun}) error {{\n\tif {noun} == nil {{\n\t\treturn fmt.Errorf("{verb} {noun}: %w", err{Noun})\n\t}}\n\treturn s.db.{Noun}(ctx, {noun}.ID, {n.int})\n}}',
        "for i := 0; i < {n.int}; i++ {{\n\tgo func() {{ {noun}s <- {verb}(i) }}()\n}}",
        'type {Noun} struct {{\n\tID   int64  `json:"id"`\n\tName string `json:"name"`\n}}',
    ),
    "rust": (
        "pub fn {verb}_{noun}({noun}: &str, limit: usize) -> Result<Vec<u8>, {Noun}Error> {{\n    let mut buffer = Vec::with_capacity({n.int});\n    buffer.extend_from_slice({noun}.as_bytes());\n    Ok(buffer)\n}}",
        '#[derive(Debug, Clone)]\nstruct {Noun} {{\n    id: u64,\n    name: String,\n}}\n\nimpl Default for {Noun} {{\n    fn default() -> Self {{ Self {{ id: {n.int}, name: "{noun}".into() }} }}\n}}',
    ),
    "c": (
        "static int {verb}_{noun}(struct {noun} *p, size_t n)\n{{\n    if (!p) return -{n.digit};\n    memcpy(p->buf, {noun}_table + 0x{n.hex4}, n);\n    return {n.int};\n}}",
        '#define {caps}_MAX {n.int}\n#include <{noun}.h>\n\nint main(void) {{ printf("%d\\n", {verb}({n.int})); return 0; }}',
        "std::vector<{Noun}> {noun}s({n.int});\nfor (auto& {noun} : {noun}s) {noun}.{verb}(0x{n.hex4});",
    ),
    "sql": (
        "SELECT {noun}_id, COUNT(*) AS total\nFROM {noun}s\nWHERE created_at > NOW() - INTERVAL '{n.digit} days' AND status = {n.digit}\nGROUP BY {noun}_id\nHAVING COUNT(*) > {n.int}\nORDER BY total DESC LIMIT {n.int};",
        "CREATE TABLE {noun}s (\n  id BIGINT PRIMARY KEY,\n  first_name VARCHAR({n.int}),\n  {noun}_id BIGINT REFERENCES {noun}(id),\n  amount NUMERIC(10,2) DEFAULT {n.float}\n);",
        "UPDATE {noun}s SET {noun} = {n.int} WHERE id IN ({n.int}, {n.int}, {n.int});",
        "ALTER TABLE {noun} ADD COLUMN date_of_birth DATE; CREATE INDEX idx_{noun}_{n.digit} ON {noun}({noun}_id);",
    ),
    "ruby": (
        "class {Noun} < ApplicationRecord\n  validates :name, length: {{ maximum: {n.int} }}\n  scope :recent, -> {{ order(created_at: :desc).limit({n.int}) }}\nend",
        'describe {Noun} do\n  it "{verb}s the {noun}" do\n    expect({noun}.{verb}).to eq({n.int})\n  end\nend',
    ),
    "shell": (
        "$ git log --oneline -3\n{n.hex7} {commit}\n{n.hex7} {commit}\n{n.hex7} {commit}",
        '$ curl -s http://localhost:{n.port}/healthz\n{{"status": "ok", "uptime": {n.int}}}',
        "$ docker ps\nCONTAINER ID   IMAGE            STATUS\n{n.hex12}   {svc}:{n.version}   Up {n.digit} hours",
        "$ kubectl get pods -n {svc}\nNAME                        READY   RESTARTS   AGE\n{svc}-{n.hex7}-x{n.hex4}   1/1     {n.digit}          {n.digit}d",
        "$ ls -l {dir}\ntotal {n.int}\n-rw-r--r-- 1 root root {n.int} {file}\ndrwxr-xr-x 2 root root 4096 {dir}",
        "$ pip install {pkg}=={n.version}\nSuccessfully installed {pkg}-{n.version} {pkg}-{n.version}",
        "$ make test\n{n.int} passed, {n.digit} skipped in {n.float}s",
        "$ npm audit\nfound {n.digit} vulnerabilities ({n.digit} moderate) in {n.int} packages",
        "$ df -h /\n/dev/sda1  {n.int}G  {n.int}G  {n.int}G  {n.digit}1% /",
        "$ sha256sum {file_name}\n{n.hex64}  {file_name}",
        "$ ping -c 1 {host}\n64 bytes from {host}: icmp_seq=1 ttl=64 time={n.float} ms",
        "$ git checkout -b {branch} {n.hex7} && git push origin HEAD",
        "$ psql -c 'select count(*) from {noun}s'\n count\n-------\n {n.int}\n(1 row)",
    ),
    "logline": (
        "{level} {svc} {verb}_{noun} took {n.int}ms status={n.status}",
        "{level} [{svc}] connection pool size={n.int} idle={n.digit}",
        "{level} {svc}: retry {n.digit}/5 after {n.float}s",
        "{level} {svc} request_id={n.uuid} path=/api/v{n.digit}/{noun}s status={n.status} bytes={n.int}",
        "{level} {svc} cache miss key={noun}:{n.hex12} ttl={n.int}",
        "{level} {svc} GC pause {n.float} ms, heap {n.int}M -> {n.int}M",
        "{level} {svc} consumer lag={n.int} partition={n.digit} offset={n.int}",
        "{level} {svc} started on port {n.port} (pid {n.int})",
        "{level} {svc} {exc}: {noun} not found",
        "{level} {svc} job {n.hex12} finished in {n.float}s rows={n.int}",
        "{level} {svc} disk usage at {n.digit}{n.digit}% on /dev/sdb{n.digit}",
        "kernel: usb {n.digit}-{n.digit}: new high-speed device number {n.int}",
        "nginx: upstream timed out ({n.int}: Connection timed out) while reading response header",
        "systemd: Started {svc}.service.",
    ),
    "stack": (
        'Traceback (most recent call last):\n  File "/app/{dir}/{file}", line {n.int}, in {verb}_{noun}\n    {noun} = self.{verb}({noun}_id)\n  File "/app/{dir}/{file}", line {n.int}, in {verb}\n    raise {exc}({noun})\n{exc}: [no such {noun}|invalid {noun} {n.int}|timed out after {n.float}s]',
        'Exception in thread "main" java.lang.{jexc}: {noun} {n.int}\n\tat com.example.{dir}.{Noun}Service.{verb}({Noun}Service.java:{n.int})\n\tat com.example.{dir}.{Noun}Controller.{verb}{Noun}({Noun}Controller.java:{n.int})\n\t... {n.digit} more',
        "{exc}: Cannot read properties of undefined (reading '{noun}')\n    at {verb}{Noun} (/srv/{dir}/{file}:{n.int}:{n.digit})\n    at async Promise.all (index {n.digit})",
        "panic: runtime error: index out of range with length {n.digit}\n\ngoroutine {n.int} (running):\nmain.{verb}(0xc{n.hex12})\n\t/go/src/{dir}/{file}:{n.int} +0x{n.hex4}",
        "thread 'main' panicked at {dir}/{file}:{n.int}:{n.digit}: called `Result::unwrap()` on an `Err` value\nnote: run with RUST_BACKTRACE=1",
        "Segmentation fault (core dumped)\n#0  0x{n.hex12} in {verb}_{noun} () at {file}:{n.int}\n#1  0x{n.hex12} in main ()",
    ),
    "diff": (
        "diff --git a/{dir}/{file} b/{dir}/{file}\nindex {n.hex7}..{n.hex7} 100644\n@@ -{n.int},7 +{n.int},7 @@\n-    timeout = {n.int}\n+    timeout = {n.int}",
        "commit {n.hex40}\n\n    {commit}\n\n {file} {n.digit} ++--\n {n.digit} files changed, {n.int} insertions(+), {n.digit} deletions(-)",
    ),
    "ini": (
        "{noun}.{noun} = {n.int}",
        "{noun}_timeout = {n.float}",
        "port = {n.port}",
        'version = "{n.version}"',
        'host = "{host}"',
        "enabled = [true|false]",
        'log_level = "{level}"',
        'checksum = "{n.hex40}"',
        "max_{noun}s = {n.int}",
        "workers = {n.digit}",
        "image: {svc}:{n.version}",
        "replicas: {n.digit}",
        '{noun}_id = "{n.uuid}"',
        'path = "/var/lib/{svc}"',
    ),
    "ask_code": (
        "[Why does|Can you explain why|What is wrong when] this [throw|raise|return] {exc}?",
        "[Refactor|Review|Optimise|Document|Simplify|Port to {software}|Add tests for] this [function|snippet|query|class]:",
        "How do I {verb} a {noun} in {software}?",
        "[I get this error|This crashes|CI fails] [since|after] [the update to {n.version}|commit {n.hex7}]:",
        "What does this [log|output|stack trace] mean?",
        "",
    ),
}
