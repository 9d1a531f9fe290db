// Reads a file of {"name": "query"} and writes {"name": ["problem"]}: what the Kusto language service says of each, over the tables of tables.json with
// their documented columns (https://learn.microsoft.com/azure/azure-monitor/reference/tables/appmetrics and …/apprequests).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// Both are plain scripts that put their names on the global object, the second on top of the first.
const require = createRequire(import.meta.url);
require('@kusto/language-service-next/bridge.min.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');

const { KustoCode, GlobalState, Symbols } = globalThis.Kusto.Language;
const tables = Object.entries(JSON.parse(readFileSync('tables.json', 'utf8'))).map(([table, columns]) =>
  Symbols.TableSymbol.From(`(${Object.entries(columns).map(([name, type]) => `${name}: ${type}`).join(', ')})`).WithName(table),
);
const workspace = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor1('workspace', tables));

const queries = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const answer = {};
for (const [name, text] of Object.entries(queries)) {
  const diagnostics = KustoCode.ParseAndAnalyze(text, workspace).GetDiagnostics();
  answer[name] = [];
  for (let i = 0; i < diagnostics.Count; i++) {
    answer[name].push(diagnostics.getItem(i).Message);
  }
}
process.stdout.write(JSON.stringify(answer));
