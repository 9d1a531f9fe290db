// Reads a file of {"name": "query"} and writes {"name": ["problem"]}: what the Kusto language service says of each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// Both are plain scripts that put their names on the global object, the second on top of the first.
const require = createRequire(import.meta.url);
require('@kusto/language-service-next/bridge.min.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');

const queries = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const answer = {};
for (const [name, text] of Object.entries(queries)) {
  const diagnostics = globalThis.Kusto.Language.KustoCode.Parse(text).GetDiagnostics();
  answer[name] = [];
  for (let i = 0; i < diagnostics.Count; i++) {
    answer[name].push(diagnostics.getItem(i).Message);
  }
}
process.stdout.write(JSON.stringify(answer));
